#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace papy::files {

/// Compresses a text that comes in pieces.
///
///     auto encoder = encoder_for("out.jsonl.zst");
///     encoder->encode(text, packed);   // appends to packed what is ready
///     encoder->end(packed);            // appends the rest: packed can be read to its end
///
/// After end() another frame (gzip: member) begins; readers take frames behind each other as one
/// text.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual void encode(std::string_view text, std::string& packed) = 0;
  virtual void end(std::string& packed) = 0;
};

/// By the ending of the name: .gz is gzip, .zst is zstd; null for others.
std::unique_ptr<Encoder> encoder_for(std::string_view path);

}  // namespace papy::files
