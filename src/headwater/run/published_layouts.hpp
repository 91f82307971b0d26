// Tables of simulated trusts in the layouts in which NHS England publishes such figures.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "headwater/sheets/workbook.hpp"

namespace headwater {

struct PublishedTrust {
  std::string code, name, type, region;
};

// What one trust did in one quarter.
struct PublishedQuarter {
  double activity = 0, activity_first = 0, resource = 0, fte = 0, capital = 0, beds = 0, engagement = 0, maturity = 0;
};

// Trust (by position) -> quarter (0, 1, ... from April of the first year) -> figures; a trust may lack some.
struct PublishedFigures {
  std::int64_t first_year = 0;  // financial year of quarter 0
  int years = 0;                // whole ones
  std::vector<PublishedTrust> trusts;
  std::vector<std::map<int, PublishedQuarter>> quarters;

  // The four quarters of a year where the trust has them all; empty otherwise.
  std::vector<const PublishedQuarter*> year_of(std::size_t trust, int year) const;
};

const std::array<std::pair<const char*, const char*>, 7>& published_regions();  // code, name

std::string year_text(std::int64_t first, char separator);  // 2021 -> 2021/22

Workbook productivity_workbook(const PublishedFigures& figures, int year, bool final_vintage);
Workbook bed_workbook(const PublishedFigures& figures, int quarter);
Workbook survey_workbook(const PublishedFigures& figures);
Workbook maturity_workbook(const PublishedFigures& figures);
std::string estates_csv(const PublishedFigures& figures, int year);  // Windows-1252
std::string workforce_csv(const PublishedFigures& figures);

}  // namespace headwater
