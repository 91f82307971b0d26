// The parts of the payload, each in a file of its own, and what they share.
#pragma once

#include <cstdint>
#include <string>

#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/payload_writer.hpp"

namespace headwater {

struct PayloadContext {
  const Tree& result;
  Audience audience;
  UnitNames units;
  Captions captions;
  PayloadWriter out;
  std::int64_t left_out = 0;  // parts about single units that a published report does not carry

  bool publish() const { return audience == Audience::publish; }
};

std::string file_name(const std::string& path);
// Messages of a node under "PREFIX_message", those that name a unit only where names may stand.
void messages(PayloadContext& c, const Tree& node, const std::string& prefix);

void data_part(PayloadContext& c);
void fits_part(PayloadContext& c);
void decompositions_part(PayloadContext& c);

}  // namespace headwater
