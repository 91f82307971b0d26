// The papers behind what this result used.
import type { Report } from "../report";

const kReferences: [RegExp, string][] = [
  [
    /within|fixest/,
    "Bergé, L. (2018). Efficient estimation of maximum likelihood models with multiple fixed-effects: the R package FENmlm. CREA Discussion Paper 13.",
  ],
  [
    /cluster/,
    "Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011). Robust inference with multiway clustering. Journal of Business & Economic Statistics 29(2), 238–249.",
  ],
  [
    /driscoll/,
    "Driscoll, J. C. and Kraay, A. C. (1998). Consistent covariance matrix estimation with spatially dependent panel data. Review of Economics and Statistics 80(4), 549–560.",
  ],
  [
    /robust|HC\d/,
    "White, H. (1980). A heteroskedasticity-consistent covariance matrix estimator and a direct test for heteroskedasticity. Econometrica 48(4), 817–838.",
  ],
  [/mundlak/, "Mundlak, Y. (1978). On the pooling of time series and cross section data. Econometrica 46(1), 69–85."],
  [
    /frontier/,
    "Aigner, D., Lovell, C. A. K. and Schmidt, P. (1977). Formulation and estimation of stochastic frontier production function models. Journal of Econometrics 6(1), 21–37.",
  ],
  [
    /gelbach/,
    "Gelbach, J. B. (2016). When do covariates matter? And which ones, and how much? Journal of Labor Economics 34(2), 509–543.",
  ],
  [
    /olley_pakes/,
    "Olley, G. S. and Pakes, A. (1996). The dynamics of productivity in the telecommunications equipment industry. Econometrica 64(6), 1263–1297.",
  ],
  [
    /oaxaca/,
    "Oaxaca, R. (1973). Male-female wage differentials in urban labor markets. International Economic Review 14(3), 693–709.",
  ],
  [
    /shapley/,
    "Huettner, F. and Sunder, M. (2012). Axiomatic arguments for decomposing goodness of fit according to Shapley and Owen values. Electronic Journal of Statistics 6, 1239–1250.",
  ],
  [
    /mde/,
    "Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of experimental designs. Evaluation Review 19(5), 547–556.",
  ],
  [/movers/, "Belsley, D. A., Kuh, E. and Welsch, R. E. (1980). Regression Diagnostics. Wiley."],
];

export function referencesFor(report: Report): string[] {
  const used = [
    "mde",
    ...report.payload.fits.flatMap((fit) => [
      fit.estimator,
      fit.covariance ?? "",
      fit.profile ?? "",
      fit.movers ? "movers" : "",
      ...(fit.covariances?.rule ?? []),
    ]),
    ...report.payload.decompositions.map((d) => d.method),
  ].join(" ");
  return kReferences
    .filter(([pattern]) => pattern.test(used))
    .map(([, text]) => text)
    .sort((a, b) => a.localeCompare(b));
}
