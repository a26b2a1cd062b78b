#pragma once

#include <papy/plugin.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "item/json.h"
#include "item/scan.h"
#include "plugin/instance.h"

namespace papy {

/// What a call did, in a form that tests can write down: "1 2" or "error 7: is negative".
using Said = std::string;

/// Calls functions by hand, with JSON in and out. Its cursor has exactly the room that was asked
/// for, and grow() always moves: who writes beyond, or keeps a pointer, is caught by ASan.
class Caller {
 public:
  explicit Caller(const papy_worker* worker, const std::string& args = "{}",
                  const papy_host* host = nullptr)
      : worker_(worker) {
    auto opened = Instance::open(*worker, {host, *from_json(args), "piper", 2, 3, "/base"});
    if (opened) {
      instance_ = std::move(*opened);
    } else {
      refusal = opened.error().text;
    }
    call_.struct_size = sizeof call_;
    call_.host = host;
    call_.engine = this;
    call_.piper = "piper";
    call_.attempt = 1;
    call_.wanted = 3;
    call_.grow = [](papy_call* call, std::size_t room) { return self(call).move(room); };
    call_.emit = [](papy_call* call, const void* data, std::size_t size) -> papy_status {
      std::memcpy(self(call).move(size), data, size);
      call->cur += size;
      return PAPY_OK;
    };
    call_.emit_owned = [](papy_call* call, const void* data, std::size_t size,
                          void (*release)(void*), void* owner) -> papy_status {
      call->emit(call, data, size);
      release(owner);
      return PAPY_OK;
    };
    call_.error = [](papy_call* call, std::int32_t code, const char* text, std::size_t size) {
      self(call).error_ = std::to_string(code) + ": " + std::string(text, size);
    };
    call_.cancelled = [](const papy_call* call) { return self(call).cancelled ? 1 : 0; };
    call_.heartbeat = [](papy_call* call) { ++self(call).heartbeats; };
  }

  Said call(const std::vector<std::string>& inputs, std::uint32_t consume = 1) {
    pack(inputs);
    return call_packed(consume);
  }
  /// With one value that is msgpack already, for what JSON cannot say.
  Said call_with(const std::string& packed) {
    packed_ = {packed};
    values_ = {{packed_[0].data(), packed_[0].size()}};
    return call_packed(1);
  }
  Said flush() {
    return run([&] { return worker_->flush(instance_.state(), &call_); });
  }
  Said save() {
    return run([&] { return worker_->save(instance_.state(), &call_); });
  }
  /// Goes on from what another saved.
  bool load_from(Caller& other) {
    if (other.save().find("fail ") != Said::npos) return false;
    const std::string saved = other.raw();
    const papy_value value{saved.data(), saved.size()};
    return worker_->load(instance_.state(), &value) == PAPY_OK;
  }
  Said cursor() {
    return run([&] { return worker_->cursor(instance_.state(), &call_); });
  }
  Said prepare(std::uint64_t epoch) {
    return run([&] { return worker_->prepare(instance_.state(), &call_, epoch); });
  }
  Said finish(bool ok) {
    return run([&] { return worker_->finish(instance_.state(), &call_, ok ? 1 : 0); });
  }
  /// One Said a tasklet, from a range of tasklets with `per` inputs each; the last is what
  /// error() said.
  std::vector<Said> call_many(const std::vector<std::string>& inputs, std::size_t per) {
    pack(inputs);
    call_.width = static_cast<std::uint32_t>(per);
    call_.consume = call_.places = 1;
    const std::size_t n = inputs.size() / per;
    std::vector<papy_status> status(n, PAPY_OK);
    std::vector<std::size_t> ends(n, 999);
    papy_range range{sizeof range, 100, n, per, values_.data(), status.data(), ends.data()};
    begin();
    std::vector<Said> said;
    if (worker_->call_many(instance_.state(), &call_, &range) != PAPY_OK) return {"failed"};
    std::size_t from = 0;
    for (std::size_t t = 0; t < n; ++t) {
      said.push_back(words(status[t], from, ends[t]));
      from = ends[t];
    }
    said.push_back(error_);
    return said;
  }
  std::string raw() const { return {block_.get(), block_.get() + used()}; }

  papy_call& settings() { return call_; }
  void* state() const { return instance_.state(); }

  std::string refusal;  ///< why it could not be opened; empty: it is open
  bool cancelled = false;
  int heartbeats = 0;

 private:
  Said call_packed(std::uint32_t consume) {
    call_.inputs = values_.data();
    call_.n_inputs = static_cast<std::uint32_t>(values_.size());
    call_.consume = consume;
    call_.places = call_.n_inputs < consume ? 1 : consume;
    call_.width = call_.n_inputs / call_.places;
    return run([&] { return worker_->call(instance_.state(), &call_); });
  }
  static Caller& self(const papy_call* call) { return *static_cast<Caller*>(call->engine); }
  std::size_t used() const { return static_cast<std::size_t>(call_.cur - bytes()); }
  std::uint8_t* bytes() const { return reinterpret_cast<std::uint8_t*>(block_.get()); }

  std::uint8_t* move(std::size_t room) {
    const std::size_t kept = used();
    std::unique_ptr<char[]> fresh(new char[kept + room]);
    std::memcpy(fresh.get(), block_.get(), kept);
    block_ = std::move(fresh);
    call_.cur = bytes() + kept;
    call_.end = call_.cur + room;
    return call_.cur;
  }
  void begin() {
    block_.reset(new char[1]);
    call_.cur = call_.end = bytes();
    error_.clear();
  }
  void pack(const std::vector<std::string>& inputs) {
    packed_.clear();
    values_.clear();
    for (const std::string& input : inputs) packed_.push_back(*from_json(input));
    for (const std::string& value : packed_) values_.push_back({value.data(), value.size()});
  }
  template <class Call>
  Said run(Call call) {
    begin();
    const papy_status status = call();
    return words(status, 0, used());
  }
  Said words(papy_status status, std::size_t from, std::size_t to) const {
    Said said;
    for (const std::uint8_t* at = bytes() + from; at != nullptr && at < bytes() + to;) {
      const std::uint8_t* const end = end_of_value(at, bytes() + to);
      if (!said.empty()) said += ' ';
      said += end == nullptr ? "?" : to_json({at, end});
      at = end;
    }
    static const char* const names[] = {"fatal ", "cancelled ", "fail ", "retry ", "error "};
    const auto join = [&](const char* word) { return said.empty() ? word : word + (" " + said); };
    if (status == PAPY_SKIP) return join("skip");
    if (status == PAPY_END) return join("end");
    if (status < 0) return said + names[status + 5] + error_;
    return said;
  }

  const papy_worker* worker_;
  Instance instance_;
  papy_call call_{};
  std::unique_ptr<char[]> block_;
  std::string error_;
  std::vector<std::string> packed_;
  std::vector<papy_value> values_;
};

}  // namespace papy
