// Bytes of a result file overwritten at places: what HDF5's checksums guard is refused for them, what they do not
// (heaps, chunks, values) must be refused by us or show in the hash. An input is a choice and a list of patches: two
// bytes of place, one of length, the bytes themselves. The choice is whether the checksums are made right again, which
// can make HDF5 itself crash: in the process that reads, not in this one.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/result/result_file.hpp"
#include "study.hpp"
#include "unit/hdf5/mended_sums.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater::fuzz {
namespace {

std::string patched(std::string file, Bytes& bytes) {
  static const std::vector<SummedBlock> blocks = summed_blocks(file);
  const bool mended = bytes.below(2) == 1;
  while (!bytes.done()) {
    const std::size_t at = bytes.below(65536) % file.size();
    for (std::size_t length = 1 + bytes.below(8), i = 0; i < length && at + i < file.size(); ++i)
      file[at + i] = static_cast<char>(bytes.byte());
  }
  if (mended) mend_sums(file, blocks);
  return file;
}

}  // namespace
}  // namespace headwater::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  static const ScratchFolder folder;
  static const std::string path = folder / "patched.h5";
  static const std::string sound = [] {
    const std::string bytes =
        tree_file_bytes(fuzz::study().back(), {"headwater.result", 2, "result file", "write it again"});
    put_bytes(path, bytes);
    read_result(path);  // not refused before anything is changed
    return bytes;
  }();
  fuzz::Bytes bytes(data, size);
  std::filesystem::remove(path);  // what is truncated would be flushed to the disk
  put_bytes(path, fuzz::patched(sound, bytes));
  try {
    read_result(path);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
