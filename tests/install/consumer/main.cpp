// What a stranger's program does with the installed library: fit a panel it holds in a file, read the coefficients.
#include <cmath>
#include <cstdio>
#include <fstream>

#include "headwater/run/pipeline.hpp"
#include "headwater/version.hpp"

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  const std::string path = argv[1];
  std::ofstream(path) << "unit,time,x,y\n"
                         "a,1,1,2\na,2,2,4.5\na,3,4,8\nb,1,1,12\nb,2,3,16.5\nb,3,5,20\n";
  try {
    const headwater::RunResult result = headwater::run(headwater::config_from_flags(
        {{"data.file", path}, {"data.unit", "unit"}, {"data.time", "time"}, {"model.formula", "y ~ x | unit"}}));
    const headwater::Fit& fit = result.models.front().fit;
    std::printf("headwater %s: %s = %.12f\n", headwater::kVersion, fit.names.front().c_str(), fit.coefficients(0));
    return std::abs(fit.coefficients(0) - 1.9868421052631577) < 1e-12 ? 0 : 2;
  } catch (const headwater::Error& error) {
    std::printf("%s\n", error.what());
    return headwater::exit_code(error.kind());
  }
}
