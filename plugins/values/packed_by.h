#pragma once

#include <papy/cpp/any.hpp>

namespace papy::values {

/// The value that `write` writes to a papy::writer, with memory of its own.
template <class Write>
packed packed_by(const Write& write) {
  detail::text_call call;
  writer to(&call);
  write(to);
  to.put_back();
  return packed(call.take());
}

}  // namespace papy::values
