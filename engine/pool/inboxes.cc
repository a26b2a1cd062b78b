#include "pool/inboxes.h"

#include "base/check.h"

namespace papy {

void Inboxes::reset(std::size_t items) {
  values_.resize(items);
  kinds_.clear();
}

void Inboxes::note_kind(std::size_t at, std::uint8_t kind) {
  if (kinds_.empty()) kinds_.assign(values_.size(), static_cast<std::uint8_t>(ItemKind::value));
  kinds_[at] = kind;
}

void Inboxes::fill(const Task& task, std::uint32_t width, std::uint32_t consume) {
  width_ = width;
  per_ = width * consume;
  tasklets_ = task.n;
  last_ = width * task.last_places;
  const std::size_t places = std::size_t{task.n - 1} * consume + task.last_places;
  reset(places * width);
  for (std::uint32_t i = 0; i < width; ++i) {
    std::size_t at = i;
    for (const Slice& slice : task.inputs[i]) {
      const std::uint8_t* payload = slice.batch.payload();
      const std::uint32_t* off = slice.batch.offsets();
      const std::uint8_t* kinds = slice.batch.kinds();
      for (std::uint32_t k = slice.from; k < slice.to; ++k, at += width) {
        values_[at] = {payload + off[k], off[k + 1] - off[k]};
        if (kinds != nullptr && kinds[k] != 0) note_kind(at, kinds[k]);
      }
    }
    PAPY_CHECK(at == values_.size() + i, "a task does not hold the places of its tasklets");
  }
}

void Inboxes::fill(const BatchBuilder& items) {
  width_ = per_ = last_ = 1;
  tasklets_ = items.size();
  reset(tasklets_);
  for (std::uint32_t i = 0; i < tasklets_; ++i) {
    const ItemView item = items.item(i);
    values_[i] = {item.bytes.data(), item.bytes.size()};
    if (item.kind != ItemKind::value) note_kind(i, static_cast<std::uint8_t>(item.kind));
  }
}

}  // namespace papy
