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
    /\brobust\b|HC\d/,
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
  [
    /\bchange\b/,
    "Bennet, T. L. (1920). The theory of measurement of changes in cost of living. Journal of the Royal Statistical Society 83(3), 455–462.",
  ],
  [
    /\bcontributions\b/,
    "Lundberg, S. M. and Lee, S.-I. (2017). A unified approach to interpreting model predictions. Advances in Neural Information Processing Systems 30, 4765–4774.",
  ],
  [
    /\b(change|contributions|gelbach|oaxaca)\b/,
    "MacKinnon, D. P., Lockwood, C. M. and Williams, J. (2004). Confidence limits for the indirect effect: distribution of the product and resampling methods. Multivariate Behavioral Research 39(1), 99–128.",
  ],
  [
    /kitagawa/,
    "Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the American Statistical Association 50(272), 1168–1194.",
  ],
  [
    /\bimportance\b/,
    "Grömping, U. (2007). Estimators of relative importance in linear regression based on variance decomposition. The American Statistician 61(2), 139–147.",
  ],
  [
    /dominance/,
    "Azen, R. and Budescu, D. V. (2003). The dominance analysis approach for comparing predictors in multiple regression. Psychological Methods 8(2), 129–148.",
  ],
  [
    /\bfields\b/,
    "Fields, G. S. (2003). Accounting for income inequality and its change: a new method, with application to the distribution of earnings in the United States. Research in Labor Economics 22, 1–38.",
  ],
  [/\bvariance\b/, "Searle, S. R., Casella, G. and McCulloch, C. E. (1992). Variance Components. Wiley."],
  [
    /leave_out/,
    "Kline, P., Saggio, R. and Sølvsten, M. (2020). Leave-out estimation of variance components. Econometrica 88(5), 1859–1898.",
  ],
  [
    /\bbma\b/,
    "Fernández, C., Ley, E. and Steel, M. F. J. (2001). Benchmark priors for Bayesian model averaging. Journal of Econometrics 100(2), 381–427.",
  ],
  [
    /das_gupta/,
    "Das Gupta, P. (1993). Standardization and Decomposition of Rates: A User's Manual. US Bureau of the Census.",
  ],
  [
    /\baggregate\b/,
    "Foster, L., Haltiwanger, J. C. and Krizan, C. J. (2001). Aggregate productivity growth: lessons from microeconomic evidence. In New Developments in Productivity Analysis, University of Chicago Press, 303–372.",
  ],
  [
    /\baggregate\b/,
    "Melitz, M. J. and Polanec, S. (2015). Dynamic Olley-Pakes productivity decomposition with entry and exit. RAND Journal of Economics 46(2), 362–375.",
  ],
  [/\bindex\b/, "Diewert, W. E. (1976). Exact and superlative index numbers. Journal of Econometrics 4(2), 115–145."],
  [
    /\brif\b/,
    "Firpo, S., Fortin, N. M. and Lemieux, T. (2009). Unconditional quantile regressions. Econometrica 77(3), 953–973.",
  ],
  [
    /\bdfl\b/,
    "DiNardo, J., Fortin, N. M. and Lemieux, T. (1996). Labor market institutions and the distribution of wages, 1973–1992: a semiparametric approach. Econometrica 64(5), 1001–1044.",
  ],
  [
    /robustness_value/,
    "Cinelli, C. and Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias. Journal of the Royal Statistical Society B 82(1), 39–67.",
  ],
  [
    /\boster\b/,
    "Oster, E. (2019). Unobservable selection and coefficient stability: theory and evidence. Journal of Business & Economic Statistics 37(2), 187–204.",
  ],
  [
    /specification_curve/,
    "Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour 4, 1208–1214.",
  ],
  [/leave_one_out/, "Efron, B. (1982). The Jackknife, the Bootstrap and Other Resampling Plans. SIAM."],
  [
    /missing_bounds/,
    "Horowitz, J. L. and Manski, C. F. (2000). Nonparametric analysis of randomized experiments with missing covariate and outcome data. Journal of the American Statistical Association 95(449), 77–84.",
  ],
  [/errors_in_variables/, "Fuller, W. A. (1987). Measurement Error Models. Wiley."],
  [
    /\bprovider\b/,
    "Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks with applications to mobility across neighbourhoods and academic achievement across countries. Review of Economic Studies 91(1), 476–518.",
  ],
  [
    /\bprovider\b/,
    "Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24(8), 1185–1202.",
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
