// The members of a zip archive in memory, unpacked piece by piece. How much they may unpack to is limited, whatever
// they say of their size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace headwater {

class ZipArchive {
 public:
  // Throws Error{data, "sheet.zip"} where the bytes are no zip archive.
  ZipArchive(std::string file, std::string_view bytes);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  bool holds(const std::string& member);
  // Hands the member over in pieces. Throws Error{data, "sheet.zip" | "sheet.encrypted" | "sheet.too_large"}.
  void read(const std::string& member, const std::function<void(std::string_view)>& take);

  const std::string& file() const { return file_; }

 private:
  struct Open;
  [[noreturn]] void refuse(const std::string& code, const std::string& why) const;

  std::string file_;
  std::unique_ptr<Open> open_;
  std::uint64_t inflated_ = 0;
};

}  // namespace headwater
