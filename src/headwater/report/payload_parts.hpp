// The parts of the payload, each in a file of its own, and what they share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/report/payload_writer.hpp"
#include "headwater/report/term_text.hpp"
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

// Throws what check_captions() and, for publication, refuse_names() throw.
PayloadContext payload_context(const Tree& result, Audience audience, const Captions& captions);

std::string file_name(const std::string& path);
// Whether a published report may hold the fit: at least kLeastUnits units, and none named by what it is about.
bool shown_fit(const PayloadContext& c, const Tree& fit);
bool shown_decomposition(const PayloadContext& c, const Tree& node);

// What the author calls outcomes, terms, a unit and a period.
struct Speech {
  Words words;
  std::string unit, period;

  std::string term(const std::string& name) const { return words.term(name, period); }
  std::string role(const Tree& fit) const;  // the outcome, or what it is in a triplet
};
Speech speech_of(const PayloadContext& c);

// The driver groups' parts together, with the error that their covariance gives: Σ parts and sqrt(1'V1).
struct PartSum {
  double estimate, std_error, low, high;
};
std::optional<PartSum> driver_sum(const Tree& result, const Tree& decomposition);

void words_part(PayloadContext& c);
void data_part(PayloadContext& c);
void fits_part(PayloadContext& c);
void decompositions_part(PayloadContext& c);

}  // namespace headwater
