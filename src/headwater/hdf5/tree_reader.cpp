#include <new>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/item_reader.hpp"
#include "headwater/hdf5/reading_child.hpp"
#include "headwater/hdf5/tree_file.hpp"

namespace headwater {
namespace {

using namespace hdf5;

constexpr int kMostLevels = 32;
constexpr hsize_t kLeastObject = 48;  // bytes of a file that an object takes at least

// The axes of a group and of those around it, by what they label. The scales say what they label; the list that each
// array keeps lies in HDF5's heap without checksums and is not read.
struct AxisScope {
  const AxisScope* outer = nullptr;
  std::map<Labelled, std::pair<std::string, std::int64_t>> axes;  // name and number of labels

  const std::pair<std::string, std::int64_t>* find(const Labelled& dimension) const {
    for (const AxisScope* scope = this; scope; scope = scope->outer)
      if (const auto found = scope->axes.find(dimension); found != scope->axes.end()) return &found->second;
    return nullptr;
  }
};

class Reader {
 public:
  Reader(std::string file, hsize_t bytes) : file_(std::move(file)), bytes_(bytes), budget_(bytes) {}

  Tree node(hid_t group, const std::string& path, const AxisScope* outer, int level) {
    const ObjectPath at = here(path.empty() ? "/" : path);
    if (level > kMostLevels)
      refuse(at, "levels", "lies deeper than " + std::to_string(kMostLevels) + " groups, or a group holds itself");
    Tree tree;
    tree.name = path.substr(path.rfind('/') + 1);
    tree.attributes = read_attributes(group, bytes_, at);
    AxisScope scope{outer, {}};
    H5G_info_t info;
    if (H5Gget_info(group, &info) < 0)
      refuse(at, "damaged", "cannot be read (" + reason() + "); the file is damaged, write it again");
    objects_ += info.nlinks;
    if (objects_ > bytes_ / kLeastObject)
      refuse(at, "objects", "leads to more objects than the file has room for, so some are reached by several names");
    for (hsize_t i = 0; i < info.nlinks; ++i) add_link(group, i, path, scope, level, tree);
    return tree;
  }

 private:
  ObjectPath here(const std::string& path) const { return {file_, path}; }

  void add_link(hid_t group, hsize_t i, const std::string& path, AxisScope& scope, int level, Tree& tree) {
    const std::string name = link_name(group, i, path);
    const ObjectPath at = here(path + "/" + name);
    check_link(group, name, at);
    const Handle<H5Oclose> object(H5Oopen(group, name.c_str(), H5P_DEFAULT));
    if (!object.valid())
      refuse(at, "damaged", "cannot be opened (" + reason() + "); the file is damaged, write it again");
    switch (H5Iget_type(object.get())) {
      case H5I_GROUP: tree.children.push_back(node(object.get(), at.path, &scope, level + 1)); break;
      case H5I_DATASET: add_dataset(object.get(), name, at, scope, tree); break;
      default: refuse(at, "object", "is neither a group nor a dataset, so headwater has not written it");
    }
  }

  std::string link_name(hid_t group, hsize_t i, const std::string& path) const {
    const auto get = [&](char* buffer, std::size_t size) {
      return H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, buffer, size, H5P_DEFAULT);
    };
    const ssize_t length = get(nullptr, 0);
    if (length < 0 || static_cast<hsize_t>(length) > bytes_)
      refuse(here(path.empty() ? "/" : path), "foreign",
             "does not keep its items in order, so headwater has not written it");
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    get(name.data(), name.size());
    name.pop_back();
    return name;
  }

  static void check_link(hid_t group, const std::string& name, const ObjectPath& at) {
    H5L_info_t link;
    if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0)
      refuse(at, "damaged", "cannot be read (" + reason() + "); the file is damaged, write it again");
    if (link.type == H5L_TYPE_EXTERNAL) refuse(at, "external_link", "is a link to another file, which is refused");
    if (link.type == H5L_TYPE_SOFT) refuse(at, "soft_link", "is a soft link, which is refused");
    if (link.type != H5L_TYPE_HARD) refuse(at, "link", "is a link of an unknown kind, which is refused");
  }

  void add_dataset(hid_t dataset, const std::string& name, const ObjectPath& at, AxisScope& scope, Tree& tree) {
    Values content = read_dataset(dataset, bytes_, budget_, at);
    std::string description = read_text_attribute(dataset, "description", bytes_, at);
    if (is_scale(dataset)) {
      if (content.shape.size() != 1) refuse(at, "rank", "labels an axis and has not exactly one dimension");
      for (const Labelled& dimension : labelled_by(dataset, bytes_, at))
        scope.axes.emplace(dimension, std::pair{name, content.shape.front()});
      tree.axes.push_back({name, {}, std::move(description)});
      std::visit([&](auto& labels) { tree.axes.back().labels = std::move(labels); }, content.values);
      return;
    }
    LabelledArray array{name,
                        {},
                        std::move(content.shape),
                        std::move(content.values),
                        std::move(description),
                        read_text_attribute(dataset, "unit", bytes_, at)};
    H5O_info_t info;
    H5Oget_info2(dataset, &info, H5O_INFO_BASIC);
    for (unsigned d = 0; d < array.shape.size(); ++d) {
      const auto* axis = scope.find({info.addr, d});
      if (!axis || axis->second != array.shape[d])
        refuse(at, "axes", "has a dimension without an axis of its length in its group or one around it");
      array.dims.push_back(axis->first);
    }
    tree.arrays.push_back(std::move(array));
  }

  std::string file_;
  hsize_t bytes_;
  MemoryBudget budget_;
  hsize_t objects_ = 0;
};

File open_file(const std::string& path) {
  const Properties access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access.get(), false, true);  // files are complete once they have their name
  File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
  if (!file.valid())
    throw Error(ErrorKind::data, "hdf5.damaged",
                path + " cannot be opened as HDF5 (" + reason() + "); the file is damaged, write it again",
                {.file = path});
  return file;
}

void check_root(hid_t root, hsize_t bytes, const std::string& path, const TreeFormat& expected) {
  const ObjectPath at{path, "/"};
  const auto fail = [&](const char* code, const std::string& why) {
    throw Error(ErrorKind::data, std::string("hdf5.") + code, path + why, {.file = path});
  };
  const auto format = read_attribute(root, "format", bytes, at);
  const auto* name = format ? std::get_if<std::string>(&*format) : nullptr;
  if (!name) fail("wrong_format", " is not a " + expected.what + " of headwater; " + expected.how_to_make);
  if (*name != expected.name)
    fail("wrong_format", " holds '" + *name + "', not a " + expected.what + "; " + expected.how_to_make);
  const auto version = read_attribute(root, "format_version", bytes, at);
  const auto* number = version ? std::get_if<std::int64_t>(&*version) : nullptr;
  if (!number || *number < 1) fail("wrong_format", " has no format version; " + expected.how_to_make);
  if (*number > expected.version)
    fail("newer_format", " has format version " + std::to_string(*number) + " and this headwater reads up to version " +
                             std::to_string(expected.version) + "; use a newer headwater");
  const auto complete = read_attribute(root, "complete", bytes, at);
  const auto* done = complete ? std::get_if<std::int64_t>(&*complete) : nullptr;
  if (!done || *done != 1)
    fail("incomplete", " was not written to its end (it is not marked complete); write it again");
}

void check_content(const Tree& tree, const std::string& path) {
  const std::string stored = text_attribute(tree, "content_sha256");
  const std::string found = content_sha256(tree);
  if (stored != found)
    throw Error(ErrorKind::data, "hdf5.content",
                path + " is not as it was written: its content has SHA-256 " + found.substr(0, 12) +
                    "... and it says " + (stored.empty() ? "nothing" : stored.substr(0, 12) + "...") +
                    "; write it again",
                {.file = path});
}

Tree read_opened_tree(const std::string& path, hsize_t bytes, const TreeFormat& format) {
  const Session session;
  try {
    const File file = open_file(path);
    const Group root(H5Gopen2(file.get(), "/", H5P_DEFAULT));
    check_root(root.get(), bytes, path, format);
    return Reader(path, bytes).node(root.get(), "", nullptr, 0);
  } catch (const Error&) {
    if (session.machine().no_memory) throw std::bad_alloc();
    if (const int code = session.machine().system_error; code != 0) cannot_read(path, code);
    throw;
  }
}

}  // namespace

Tree read_tree(const std::string& path, const TreeFormat& format) {
  const hsize_t bytes = check_file(path);
  try {
    Tree tree = read_apart(path, bytes, ReadAs{}, [&] { return read_opened_tree(path, bytes, format); });
    check_content(tree, path);
    return tree;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::io, "io.no_memory", path + " needs more memory than there is; read it on a larger machine",
                {.file = path});
  }
}

}  // namespace headwater
