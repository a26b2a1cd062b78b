// The source of msgpack values that stand one behind the other.
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "files/input.h"
#include "files/msgpack_scan.h"

namespace papy::io {
namespace {

constexpr std::size_t kLargest = 1024 * 1024 * 1024;

struct msgpack_args {
  PAPY_ARGS(msgpack_args,
            (papy::path, path, required, "a file, plain, gzip or zstd; - is the standard input"))
};

class read_msgpack {
 public:
  using args = msgpack_args;
  explicit read_msgpack(const msgpack_args& args) : input_(args.path.full) {}

  bool operator()(out<>& out, context& context) {
    const files::Cancelled cancelled = [&] { return context.cancelled(); };
    while (!out.full()) {
      const std::string_view data = input_.buffered();
      const files::Scan scan =
          data.empty() ? files::Scan{files::Scan::Is::cut_off} : files::scan_msgpack(data);
      if (scan.is == files::Scan::Is::whole) {
        out.emit(any(bytes(reinterpret_cast<const std::uint8_t*>(data.data()), scan.size)));
        input_.take(scan.size);
        continue;
      }
      // Behind such a place there is no telling where the next value begins.
      if (scan.is == files::Scan::Is::none) broken("no msgpack value begins");
      if (data.size() > kLargest)
        broken("a value of more than " + std::to_string(kLargest) + " bytes begins");
      const auto wait = out.emitted() == 0 ? files::Wait::yes : files::Wait::no;
      switch (input_.more(wait, cancelled)) {
        case files::More::bytes:
          break;
        case files::More::not_yet:
          return true;
        case files::More::cancelled:
          throw papy::cancelled();
        case files::More::end:
          if (input_.buffered().empty()) return false;
          if (input_.buffered().size() == data.size())
            broken("the file ends within a value that begins");
      }
    }
    return true;
  }
  std::uint64_t cursor() const { return input_.offset(); }
  void seek(std::string_view cursor) {
    const char* const end = cursor.data() + cursor.size();
    std::uint64_t offset = 0;
    const auto read = std::from_chars(cursor.data(), end, offset);
    if (read.ec != std::errc() || read.ptr != end) {
      throw fatal("'" + std::string(cursor) + "' is no place in '" + input_.name() + "'", EINVAL);
    }
    input_.seek(offset);
  }

 private:
  [[noreturn]] void broken(const std::string& what) const {
    throw fatal("'" + input_.name() + "': " + what + " at byte " + std::to_string(input_.offset()),
                EIO);
  }

  files::Input input_;
};

}  // namespace
}  // namespace papy::io

PAPY_SOURCE_AS(read_msgpack, papy::io::read_msgpack,
               "the msgpack values of a file, one behind the other", papy::local | papy::cancels);
