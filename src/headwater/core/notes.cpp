#include "headwater/core/notes.hpp"

#include <algorithm>

namespace headwater {

void merge(Notes& notes, const Notes& more) {
  for (const Note& note : more) {
    const bool known = std::any_of(notes.begin(), notes.end(), [&](const Note& other) {
      return other.code == note.code && other.message == note.message;
    });
    if (!known) notes.push_back(note);
  }
}

}  // namespace headwater
