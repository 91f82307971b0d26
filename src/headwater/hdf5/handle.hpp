// Owners of HDF5 identifiers, and the library set to keep quiet and to load no plugin.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace headwater::hdf5 {

// Closes what it holds. One type for each kind of identifier.
template <herr_t (*close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close(id_);
  }
  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using AttributeHandle = Handle<H5Aclose>;
using Space = Handle<H5Sclose>;
using Type = Handle<H5Tclose>;
using Properties = Handle<H5Pclose>;

// Held during every use of the library, which is not thread safe. The first one turns plugins off; each one silences
// the error stack of its thread and knows what the machine refused, which is no fault of a file.
class Session {
 public:
  struct Machine {
    bool no_memory = false;
    int system_error = 0;  // errno of a file that could not be opened or read
  };

  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Machine& machine() const { return machine_; }
  friend std::string reason();
  static bool is_open_here();  // in this thread

 private:
  std::unique_lock<std::mutex> lock_;
  Machine machine_;
};

// The innermost reason on the library's error stack, or "". What the machine refused is kept for the Session.
std::string reason();

}  // namespace headwater::hdf5
