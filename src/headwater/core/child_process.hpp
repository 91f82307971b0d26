// A library that follows wild pointers in damaged files, or null pointers when memory runs out, works in a process
// apart: what becomes of that is at worst a message.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>

namespace headwater {

// What a forked process does first: no core file, no handlers of the parent's, no longer life than its, so many seconds
// of CPU (SIGXCPU, then SIGKILL), and no complaints of libraries on the terminal. It must end by _exit.
void become_child(rlim_t seconds);

// A forked process, seen from its parent; it is ended with this object.
class ChildProcess {
 public:
  explicit ChildProcess(pid_t process) : process_(process) {}
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // How it ended; nothing when somebody else has asked before, as in a process that ignores SIGCHLD.
  std::optional<int> wait();

 private:
  pid_t process_;
};

}  // namespace headwater
