# Shapley values of R2 by exact enumeration: relaimpo's lmg against headwater, on the same rows, in the same run.
#   Rscript bench/relaimpo.R build/bench [REGRESSORS ...]
# The values are compared before anything is timed. relaimpo starts from a covariance matrix already made and gives values
# alone; headwater is the whole command: process, reading the CSV, regression, values and their standard errors.
if (!requireNamespace("relaimpo", quietly = TRUE)) {
  cat("relaimpo is not installed; nothing is compared\n")
  quit(status = 0)
}
suppressMessages(library(relaimpo))

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) == 0) stop("name the build folder: Rscript bench/relaimpo.R build/bench")
command <- file.path(arguments[1], "src", "cli", "headwater")
sizes <- if (length(arguments) > 1) as.integer(arguments[-1]) else c(10, 12, 14)

rows_of <- function(p) {
  set.seed(p)
  X <- matrix(rnorm(1000 * p), ncol = p)
  for (j in seq_len(p)[-1]) X[, j] <- X[, j] + 0.4 * X[, j - 1]
  colnames(X) <- paste0("x", seq_len(p))
  data.frame(y = drop(X %*% seq(0.1, 1, length.out = p)) + 2 * rnorm(1000), X)
}

# The best of five: what the machine does beside is not the program's.
best <- function(work) min(replicate(5, system.time(work())[["elapsed"]]))

compare <- function(p) {
  data <- rows_of(p)
  names <- colnames(data)[-1]
  file <- tempfile(fileext = ".csv")
  write.csv(format(data, digits = 17), file, row.names = FALSE, quote = FALSE)
  formula <- paste("y ~", paste(names, collapse = " + "))
  drivers <- as.vector(rbind("--driver", paste0(names, "=", names)))
  flags <- c("decompose", file, shQuote(formula), "--estimator", "pooled", "--covariance", "robust", drivers,
             "--use", "shapley", "--format", "json")
  run <- function() paste(system2(command, flags, stdout = TRUE), collapse = "")

  parts <- regmatches(out <- run(), gregexpr('"component": ?"x[0-9]+", ?"estimate": ?[-0-9.e]+', out))[[1]]
  ours <- as.numeric(sub(".*: ?", "", parts))
  covariance <- cov(data)
  theirs <- calc.relimp(covariance, type = "lmg")@lmg
  if (length(ours) != p || max(abs(ours - theirs)) > 1e-10)
    stop("the values differ at ", p, " regressors; nothing is timed:\n", paste(out, collapse = "\n"))

  slow <- best(function() calc.relimp(covariance, type = "lmg"))
  fast <- best(run)
  engine <- system2(file.path(arguments[1], "bench", "subsets_bench"), p, stdout = TRUE)
  alone <- as.numeric(sub(".*regressors +([0-9.]+) s.*", "\\1", engine))
  cat(sprintf(paste("%2d regressors  differ by at most %.0e  relaimpo %.3f s  headwater's command %.3f s (%.0f times)",
                    " its engine %.6f s (%.0f times)\n"),
              p, max(abs(ours - theirs)), slow, fast, slow / fast, alone, slow / alone))
}
for (p in sizes) compare(p)
