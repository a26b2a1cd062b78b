#include "run/dead_letters.h"

#include <utility>

#include "run/json_line.h"

namespace papy {

LineFile* DeadLetters::file() {
  MutexLock lock(mutex_);
  if (!tried_) {
    tried_ = true;
    auto made = LineFile::create(path_, LineFile::Folders::make);
    if (made) {
      file_ = std::move(*made);
    } else {
      error_ = made.error();
    }
  }
  if (file_ == nullptr) ++lost_;
  return file_.get();
}

void DeadLetters::write(std::string_view output, std::uint64_t place, const Failure& failure) {
  LineFile* const to = file();
  if (to == nullptr) return;
  JsonLine line;
  line.text("run", run_)
      .text("output", output)
      .natural("place", place)
      .raw("failure", to_json(failure));
  to->append(line.take());
}

void DeadLetters::write_stranded(const Failure& failure) {
  LineFile* const to = file();
  if (to == nullptr) return;
  JsonLine line;
  line.text("run", run_)
      .raw("output", "null")
      .raw("place", "null")
      .raw("failure", to_json(failure));
  to->append(line.take());
}

void DeadLetters::flush() {
  MutexLock lock(mutex_);
  if (file_ != nullptr) file_->flush();
}

std::optional<Error> DeadLetters::take_error() {
  MutexLock lock(mutex_);
  if (file_ != nullptr) return file_->take_error();
  return std::exchange(error_, std::nullopt);
}

std::uint64_t DeadLetters::written() const {
  MutexLock lock(mutex_);
  return file_ == nullptr ? 0 : file_->written();
}

std::uint64_t DeadLetters::lost() const {
  MutexLock lock(mutex_);
  return file_ == nullptr ? lost_ : file_->lost();
}

}  // namespace papy
