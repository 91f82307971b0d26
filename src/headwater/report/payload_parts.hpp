// The parts of the payload, each in a file of its own, and what they share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/payload_writer.hpp"
#include "headwater/report/unit_names.hpp"

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
// Whether a published report may hold the fit: at least kLeastUnits units, and none named by what it is about.
bool shown_fit(const PayloadContext& c, const Tree& fit);

void words_part(PayloadContext& c);
void data_part(PayloadContext& c);
void fits_part(PayloadContext& c);
void decompositions_part(PayloadContext& c);

}  // namespace headwater
