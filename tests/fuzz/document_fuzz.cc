// Any bytes at all are a document that is loaded, or findings that can be printed.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "workflow/fake_catalog.h"
#include "workflow/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  papy::FakeCatalog catalog;
  papy::LoadOptions options;
  options.cwd = "/cwd";
  options.env = [](std::string_view) { return "value"; };
  options.values_required = size % 2 == 0;
  const papy::Loaded loaded = papy::load_workflow_text(
      std::string(reinterpret_cast<const char*>(bytes), size), "x.yaml", "/docs", catalog, options);
  const std::string told = papy::render(loaded.findings, loaded.sources, papy::Colour::on);
  PAPY_CHECK(!(loaded.plan && papy::has_errors(loaded.findings)), told);
  PAPY_CHECK(loaded.plan || !options.values_required || papy::has_errors(loaded.findings), told);
  for (const papy::Diagnostic& finding : loaded.findings) {
    PAPY_CHECK(papy::find_bad_utf8(finding.message) == std::string::npos, finding.message);
  }
  return 0;
}
