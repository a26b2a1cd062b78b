#include "text/digest.h"

#include <sodium/crypto_hash_sha256.h>
#include <xxhash.h>

#include <array>

namespace papy::text {
namespace {

std::string hexadecimal(const unsigned char* from, std::size_t n) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < n; ++i) {
    text += kDigits[from[i] >> 4];
    text += kDigits[from[i] & 15];
  }
  return text;
}

std::string hexadecimal(XXH64_hash_t hash) {
  XXH64_canonical_t canonical;
  XXH64_canonicalFromHash(&canonical, hash);
  return hexadecimal(canonical.digest, sizeof canonical.digest);
}

std::string xxh128(bytes data) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(data.data(), data.size()));
  return hexadecimal(canonical.digest, sizeof canonical.digest);
}

std::string sha256(bytes data) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), data.data(), data.size());
  return hexadecimal(hash.data(), hash.size());
}

}  // namespace

std::string digest(bytes data, Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::xxh3:
      return hexadecimal(XXH3_64bits(data.data(), data.size()));
    case Algorithm::xxh64:
      return hexadecimal(XXH64(data.data(), data.size(), 0));
    case Algorithm::xxh128:
      return xxh128(data);
    case Algorithm::sha256:
      return sha256(data);
  }
  __builtin_unreachable();
}

}  // namespace papy::text
