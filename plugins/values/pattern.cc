#include "values/pattern.h"

#include <papy/cpp/error.hpp>

namespace papy::values {
namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

Pattern::Pattern(const std::string& text) : re_(text, quiet()) {
  if (!re_.ok()) {
    const bool perl = re_.error_code() == RE2::ErrorBadPerlOp;
    throw bad_value(
        re_.error() +
        (perl ? " (RE2 knows (?P<name>...) for a group with a name, but no look-around)" : ""));
  }
  found_.resize(static_cast<std::size_t>(re_.NumberOfCapturingGroups()) + 1);
}

bool Pattern::find(std::string_view text, std::size_t from) {
  return re_.Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED,
                   found_.data(), static_cast<int>(found_.size()));
}

std::optional<std::string_view> Pattern::group(std::size_t i) const {
  if (found_[i].data() == nullptr) return std::nullopt;
  return std::string_view(found_[i].data(), found_[i].size());
}

std::vector<std::pair<std::size_t, std::string>> Pattern::names() const {
  std::vector<std::pair<std::size_t, std::string>> names;
  for (const auto& [number, name] : re_.CapturingGroupNames()) {
    names.emplace_back(static_cast<std::size_t>(number), name);
  }
  return names;
}

void Pattern::check_rewrite(const std::string& with) const {
  const auto asked = static_cast<std::size_t>(RE2::MaxSubmatch(with));
  if (asked > groups()) {
    throw bad_value("\\" + std::to_string(asked) + " is no group, the pattern has " +
                    std::to_string(groups()));
  }
  std::string wrong;
  if (!re_.CheckRewriteString(with, &wrong)) {
    throw bad_value("a backslash needs a digit behind it, or another backslash");
  }
}

std::string Pattern::replace(std::string_view text, const std::string& with, bool all) const {
  std::string result(text);
  all ? static_cast<void>(RE2::GlobalReplace(&result, re_, with))
      : static_cast<void>(RE2::Replace(&result, re_, with));
  return result;
}

}  // namespace papy::values
