// What the command puts into the page: headwater.report/1, written by report/payload.cpp. Lists of one group run side by
// side, as the axes and arrays of the result file do. A number that is not finite is null.
export type Maybe = number | null;

export interface Tests {
  hypothesis: string[];
  distribution: string[];
  statistic: Maybe[];
  p_value: Maybe[];
  mark: string[]; // what must be read beside it, or ""
  estimate: Maybe[];
  std_error: Maybe[];
  mde: Maybe[];
}

export interface Fit {
  id: string;
  title: string;
  question: string;
  formula: string;
  outcome: string;
  role: string;
  estimator: string;
  weights: string;
  level: number;
  power: number;
  status: string;
  error_message?: string;
  status_detail?: string;
  unit: string;
  time: string;
  rows_read: number;
  rows_used: number;
  nobs: number;
  units: number;
  periods: number;
  df_model: number;
  df_residual: number;
  covariance: string;
  profile: string;
  arithmetic: string;
  sample_hash: string;
  df: Maybe;
  smallest_eigenvalue: Maybe;
  cluster: string[];
  cluster_count: number[];
  rss: number;
  tss: number;
  tss_within: Maybe;
  r_squared: Maybe;
  r_squared_within: Maybe;
  pseudo_r_squared?: number; // of a mean with a link
  outcome_mean: number;
  outcome_sd: number;
  effects_rank: number;
  certificate: number;
  effect: string[];
  effect_columns: number[];
  effect_redundant: number[];
  sample_reason: string[];
  sample_rows: number[];
  term: string[];
  driver: string[];
  lead: boolean[];
  mark: string[]; // what must be read beside the estimate, or ""
  reference: string[]; // of an event study's term: the level left out, where the formula names it
  estimate: number[];
  std_error: Maybe[];
  term_df?: Maybe[]; // files of the first version have df alone
  statistic: Maybe[];
  p_value: Maybe[];
  conf_low: Maybe[];
  conf_high: Maybe[];
  mde: Maybe[];
  within_sd: Maybe[];
  mde_per_within_sd: Maybe[];
  regressor: string[];
  mean: Maybe[];
  sd_total: Maybe[];
  sd_between: Maybe[];
  sd_within: Maybe[];
  sd_absorbed: Maybe[];
  unidentified: string[];
  unidentified_because: string[];
  note_message: string[];
  weak_instruments?: string;
  tests?: Tests;
  movers?: { mover_term: string[]; mover_change: Maybe[]; mover_change_in_se: Maybe[]; mover_unit?: string[] };
  covariances?: { rule: string[]; rule_df: Maybe[]; rule_reason: string[]; std_error: Maybe[][] };
  path?: Path;
  rows?: { row_unit: string[]; row_period: string[]; outcome: number[]; residual: number[] };
}

// An array that a method adds; its dims have labels.
export interface Extra {
  name: string;
  description: string;
  unit: string;
  dims: string[];
  labels: (string[] | number[])[];
  values: (number | string | null)[];
}

export interface Decomposition {
  id: string;
  method: string;
  call: string;
  question: string;
  fit: string;
  unit: string;
  frame: string;
  kind: string;
  level: number;
  shares_reason: string;
  total_estimable: number;
  choices: Record<string, string>;
  component: string[];
  estimate: Maybe[];
  std_error: Maybe[];
  conf_low: Maybe[];
  conf_high: Maybe[];
  share: Maybe[];
  percent: Maybe[];
  estimable: number[];
  total: Maybe;
  total_std_error: Maybe;
  total_conf_low: Maybe;
  total_conf_high: Maybe;
  closure_error: Maybe;
  tolerance: Maybe;
  df: Maybe;
  unidentified: string[];
  unidentified_because: string[];
  note_message: string[];
  extras: Extra[];
  driver_sum?: { estimate: Maybe; std_error: Maybe; low: Maybe; high: Maybe };
  additive?: number;
  rule?: string;
  total_name?: string;
  // Means of the parts over the units of each period, from the cells of contributions.
  over_time?: {
    period: string[];
    part: string[];
    units: number[];
    reach: number;
    mean: Maybe[][];
    std_error: Maybe[][];
  };
  // Cells, of an internal report: codes into units, periods and parts; values in millionths.
  cells?: {
    units: string[];
    periods: string[];
    parts: string[];
    unit: number[];
    period: number[];
    estimate: Maybe[][];
    std_error: Maybe[][];
  };
}

export interface Data {
  file: string;
  sha256: string;
  rows_read: number;
  rows_kept: number;
  lost_reason: string[];
  lost_rows: number[];
  missing_column: string[];
  missing_reason: string[];
  missing_cells: number[];
  suspicion_kind: string[];
  suspicion_column: string[];
  suspicion_message?: string[];
  successions: number;
  succession_message?: string[];
  coverage_column?: string[];
  coverage_level?: string[];
  coverage_units?: number[];
  coverage_rows?: number[];
  coverage_used?: number[];
  data_note_message: string[];
}

export interface Run {
  program_version: string;
  git_hash: string;
  status: string;
  seed: number;
  threads: number;
  wall_time: number;
  simulated: number;
  content_sha256?: string;
  config?: string[];
  option?: string[];
  option_value?: string[];
  option_default?: string[];
}

// The mean outcome of each period, and the mean of what the drivers' coefficients make of the rows.
export interface Path {
  path_period: string[];
  path_outcome: number[];
  path_accounted: number[];
  path_units: number[];
}

// The answer first, as the command wrote it or the author did.
export interface MainPoints {
  headline: string;
  headline_by_author: boolean;
  points: string[];
  points_by_author: boolean;
}

export interface FalsificationTest {
  text: string; // what became of it, in a sentence
  fit: string;
  kind: "lead" | "pre-trend" | "placebo outcome";
  hypothesis: string;
  p_value: Maybe;
  mde: Maybe;
  claimed: Maybe;
  verdict: "passed" | "rejected" | "too weak" | "few units" | "nothing claimed";
}

// Why a driver is as good as randomly assigned, and what became of the tests that could have shown otherwise.
export interface Claim {
  driver: string;
  argument: string;
  made: boolean;
  tests: FalsificationTest[];
}

export interface Payload {
  schema: string;
  audience: "publish" | "internal";
  form: "summary" | "report" | "full";
  main_points: MainPoints;
  report: Record<string, string>;
  words: { unit: string; period: string; terms: Record<string, string>; columns: Record<string, string> };
  run: Run;
  data?: Data;
  fits: Fit[];
  decompositions: Decomposition[];
  claims: Claim[];
  comparison?: { sample: string; model_id: string[]; model_nobs: number[] };
  left_out: number;
}

export function readPayload(): Payload {
  const payload = JSON.parse(document.getElementById("payload")!.textContent ?? "{}") as Payload;
  if (payload.schema !== "headwater.report/1") throw new Error("this page has no payload that it can read");
  return payload;
}
