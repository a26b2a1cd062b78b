#include "script/job_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "files/input.h"
#include "script/file_content.h"
#include "script/values.h"

namespace papy::script {
namespace {

constexpr std::string_view kHead =
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/// The value as the name of a folder.
std::string as_name(const std::string& value) {
  if (value.empty()) return "\\0";
  if (value == "." || value == "..") return "\\" + value;
  std::string name;
  for (const char c : value) {
    if (c == '/') {
      name += "\\_";
    } else if (c == '\\') {
      name += "\\\\";
    } else {
      name.push_back(c);
    }
  }
  return name;
}

}  // namespace

JobLog::JobLog(std::string path)
    : path_(std::move(path)),
      file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666)) {
  if (!file_) throw fatal("cannot make '" + path_ + "': " + files::system_text(errno), errno);
  write(kHead);
}

void JobLog::add(const record& done) {
  char times[64];
  std::snprintf(times, sizeof times, "%.3f\t%10.3f", done.began, done.seconds);
  std::string command = done.command;
  for (char& c : command) c = c == '\n' || c == '\t' ? ' ' : c;
  write(std::to_string(done.number) + "\t:\t" + times + "\t0\t" +
        std::to_string(plain_text(done.stdout.view()).size()) + "\t" +
        std::to_string(done.signal != 0 ? 0 : done.status) + "\t" + std::to_string(done.signal) +
        "\t" + command + "\n");
}

void JobLog::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file_.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw fatal("cannot write '" + path_ + "': " + files::system_text(errno), errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void write_results(const std::string& folder, const record& done) {
  std::vector<any> values{done.item.view()};
  if (values[0].kind() == kind::list) values = values[0].list();
  std::filesystem::path path = folder;
  for (std::size_t i = 0; i < values.size(); ++i)
    path = path / std::to_string(i + 1) / as_name(plain_text(values[i]));
  try {
    std::filesystem::create_directories(path);
    write_content(path / "stdout", plain_text(done.stdout.view()));
    write_content(path / "stderr", plain_text(done.stderr.view()));
    write_content(path / "seq", std::to_string(done.number));
  } catch (const std::filesystem::filesystem_error& wrong) {
    throw fatal("cannot make '" + path.string() + "': " + files::system_text(wrong.code().value()),
                wrong.code().value());
  } catch (const fail& wrong) {
    throw fatal(wrong.what(), wrong.code());
  }
}

}  // namespace papy::script
