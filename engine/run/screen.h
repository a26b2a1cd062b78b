#pragma once

#include <string>
#include <string_view>

#include "base/mutex.h"

namespace papy {

/// The user's terminal, or whatever stderr is: whole messages, and below them one line that is
/// redrawn. Any thread; nothing interleaves. Errors in writing are passed over: there is nobody to
/// tell.
class Screen {
 public:
  /// Borrows the descriptor. `live`: the status line can be redrawn (a terminal that moves its
  /// cursor); otherwise status() does nothing.
  Screen(int fd, bool live) : fd_(fd), live_(live) {}
  ~Screen() { status({}); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  bool live() const { return live_; }
  /// Columns of the terminal now; 80 where it does not say.
  int width() const;

  /// Writes whole lines above the status line. A missing line feed is added. What a terminal would
  /// act on is escaped: much of it comes from plugins.
  void message(std::string_view text);
  /// Replaces the status line; empty: removes it. Requires: no line feed, narrower than width().
  void status(std::string_view line);

 private:
  void write(std::string_view text) PAPY_REQUIRES(mutex_);

  const int fd_;
  const bool live_;
  Mutex mutex_;
  std::string status_ PAPY_GUARDED_BY(mutex_);  // as it stands on the screen
};

/// True when `fd` is a terminal on which a line can be redrawn: TERM is set and not "dumb".
bool can_redraw(int fd);

}  // namespace papy
