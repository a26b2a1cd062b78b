#include "plugin/elf.h"

#include <elf.h>
#include <fmt/format.h>

#include <cstring>
#include <vector>

namespace papy {
namespace {

constexpr std::uint64_t kMaxSection = 16u << 20;
constexpr std::uint64_t kMaxSections = 65536;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "which ELF machine is this?"
#endif

std::string machine_name(Elf64_Half machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "64-bit ARM";
    case EM_386:
      return "32-bit x86";
    case EM_ARM:
      return "32-bit ARM";
    default:
      return fmt::format("ELF machine {}", machine);
  }
}

/// Why a file with this header is not a shared library for this machine, or nothing.
std::string objection(const Elf64_Ehdr& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return "is not an ELF file";
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return "is not for this machine: it is not 64-bit little-endian";
  }
  if (header.e_machine != kMachine) {
    return fmt::format("is not for this machine: it is for {}, this is {}",
                       machine_name(header.e_machine), machine_name(kMachine));
  }
  if (header.e_type == ET_REL) return "is an object file, not a shared library";
  if (header.e_type != ET_DYN) return "is a program, not a shared library";
  return {};
}

/// The table of sections, bounds checked.
class Sections {
 public:
  /// False when the table is broken.
  bool load(const LibraryFile& file, const Elf64_Ehdr& header) {
    if (header.e_shoff == 0) return true;  // stripped of its table: no sections
    Elf64_Shdr first{};
    if (header.e_shentsize != sizeof first) return false;
    if (!file.read(header.e_shoff, &first, sizeof first)) return false;
    // With very many sections the counts stand in the first entry (ELF, figure 1-8).
    const std::uint64_t n = header.e_shnum != 0 ? header.e_shnum : first.sh_size;
    const std::uint64_t names = header.e_shstrndx != SHN_XINDEX ? header.e_shstrndx : first.sh_link;
    if (n > kMaxSections || names >= n) return false;
    table_.resize(n);
    if (!file.read(header.e_shoff, table_.data(), n * sizeof first)) return false;
    return read(file, table_[names], names_);
  }

  const Elf64_Shdr* find(std::string_view name) const {
    for (const Elf64_Shdr& section : table_) {
      if (name_of(section) == name) return &section;
    }
    return nullptr;
  }

  static bool read(const LibraryFile& file, const Elf64_Shdr& section, std::string& to) {
    if (section.sh_type == SHT_NOBITS || section.sh_size > kMaxSection) return false;
    to.resize(section.sh_size);
    return file.read(section.sh_offset, to.data(), to.size());
  }

 private:
  std::string_view name_of(const Elf64_Shdr& section) const {
    if (section.sh_name >= names_.size()) return {};
    const char* const begin = names_.data() + section.sh_name;
    return {begin, ::strnlen(begin, names_.size() - section.sh_name)};
  }

  std::vector<Elf64_Shdr> table_;
  std::string names_;
};

}  // namespace

Result<std::optional<std::string>> read_section(const LibraryFile& file, std::string_view name) {
  Elf64_Ehdr header{};
  const std::size_t there = std::min<std::uint64_t>(file.size(), sizeof header);
  if (!file.read(0, &header, there)) {
    return error(fmt::format("cannot read library '{}'", file.real_path()));
  }
  std::string why = objection(header);
  if (why.empty() && there < sizeof header) why = "is cut off";
  if (!why.empty()) return error(fmt::format("'{}' {}", file.real_path(), why));

  Sections sections;
  const bool whole = sections.load(file, header);
  const Elf64_Shdr* const section = whole ? sections.find(name) : nullptr;
  if (whole && section == nullptr) return std::optional<std::string>();
  std::string bytes;
  if (!whole || !Sections::read(file, *section, bytes)) {
    return error(
        fmt::format("'{}' is damaged: its sections lie outside of the file", file.real_path()));
  }
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace papy
