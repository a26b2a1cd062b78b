#pragma once

#include <papy/cpp/any.hpp>
#include <string>
#include <string_view>

namespace papy::script {

/// How values stand in the streams and files of a program.
enum class Form { none, text, bytes, json, msgpack };

/// Requires: it is the name of one.
Form form_of(std::string_view name);

/// text, bytes: text and bytes as they are, other values as JSON; json: one line of JSON.
std::string encoded(any value, Form form);

/// The value that a program wrote. text: without the line feed at its end. Throws papy::fail, with
/// `where` in front.
packed decoded(std::string_view data, Form form, std::string_view where);

/// Text when it is UTF-8, else bytes.
packed text_or_bytes(std::string_view data);

}  // namespace papy::script
