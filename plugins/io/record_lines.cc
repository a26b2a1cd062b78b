#include "io/record_lines.h"

#include <iterator>

namespace papy::io {

RecordLines::Next RecordLines::take(files::Wait wait, const files::Cancelled& cancelled) {
  again_ = !coming_.empty();
  if (!again_) return lines_.next(wait, cancelled);
  here_ = std::move(coming_.front());
  coming_.pop_front();
  return Next::line;
}

RecordLines::Next RecordLines::next(files::Wait wait, const files::Cancelled& cancelled) {
  since_.clear();
  return take(wait, cancelled);
}

RecordLines::Next RecordLines::next_within(const files::Cancelled& cancelled) {
  std::string begin = cursor();
  const Next got = take(files::Wait::yes, cancelled);
  if (got == Next::line) since_.push_back({std::string(line()), number(), std::move(begin)});
  return got;
}

void RecordLines::go_back() {
  coming_.insert(coming_.begin(), std::make_move_iterator(since_.begin()),
                 std::make_move_iterator(since_.end()));
  since_.clear();
}

void RecordLines::seek(std::string_view cursor) {
  since_.clear();
  coming_.clear();
  again_ = false;
  lines_.seek(cursor);
}

}  // namespace papy::io
