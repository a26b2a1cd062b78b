// The worker that hashes.
#include <papy/plugin.hpp>
#include <string>
#include <string_view>

#include "text/digest.h"
#include "text/subject.h"

namespace papy::text {
namespace {

struct hash_args {
  PAPY_ARGS(hash_args,
            (std::string, algorithm, "xxh3",
             "xxh3 (64 bits), xxh128 and xxh64 are fast; sha256 is safe against forgery",
             one_of("xxh3", "xxh128", "xxh64", "sha256")),
            (std::string, field, "", kFieldDoc), (std::string, into, "", kIntoDoc))
};

Algorithm algorithm_of(std::string_view name) {
  if (name == "xxh3") return Algorithm::xxh3;
  if (name == "xxh128") return Algorithm::xxh128;
  return name == "xxh64" ? Algorithm::xxh64 : Algorithm::sha256;
}

bytes content_of(any value) {
  if (value.kind() == kind::bytes) return value.as<bytes>();
  if (value.kind() != kind::text) return value.data();
  const auto text = value.as<std::string_view>();
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

values::Edited<std::string> hash(any item, const hash_args& args) {
  return Subject(args).edit(
      item, [&](any value) { return digest(content_of(value), algorithm_of(args.algorithm)); });
}

}  // namespace
}  // namespace papy::text

PAPY_WORKER_AS(hash, papy::text::hash,
               "a hash in hexadecimal digits, of the bytes of a text, of bytes, or of another "
               "value's msgpack",
               papy::pure);
