# Reads a result file of Headwater with hdf5r alone: source("read_result.R"); result <- read_result("demo.h5")
#
#   result$attributes                 versions, seed, status, hashes
#   result$config                     the resolved configuration
#   result$fits[["joint.ratio"]]      attributes, coefficients, vcov, not_identified, tests, variation, sample, rows
#   result$decompositions[["joint.ratio"]][["1_change"]]   attributes, components, covariance, total, total_std_error
#
# Tables are data frames in broom's words. A regressor that is not identified is a row without numbers, never zero.
# check_result.R and schema.tsv lie beside this file: nothing is handed on before the content has its SHA-256 and is as the
# schema says. What is wrong is an error of class "headwater_error".

library(hdf5r)
headwater_folder <- dirname(sys.frame(1)$ofile)
source(file.path(headwater_folder, "check_result.R"))

read_result <- function(path) {
  file <- tryCatch(H5File$new(path, mode = "r"), error = function(e)
    headwater_stop("hdf5.damaged", path, " cannot be opened as HDF5; give a file that headwater has written"))
  on.exit(file$close_all())
  attributes <- tryCatch(read_attributes(file), error = function(e) list())
  if (!identical(attributes$format, "headwater.result") || !identical(as.numeric(attributes$complete), 1))
    headwater_stop("hdf5.wrong_format", path, " is not a complete result file of headwater")
  if (attributes$format_version > 2)
    headwater_stop("hdf5.newer_format", path, " has format version ", attributes$format_version, "; this reader knows versions up to 2")
  check_result(file, path, file.path(headwater_folder, "schema.tsv"))
  list(attributes = attributes,
       config = read_values(file, "run/config"),
       fits = each_group(file[["fits"]], read_fit),
       decompositions = if (file$exists("decompositions"))
         each_group(file[["decompositions"]], function(fit) each_group(fit, read_decomposition)))
}

read_attributes <- function(object) {
  names <- h5attr_names(object)
  sapply(names, function(name) h5attr(object, name), simplify = FALSE)
}

# Empty data sets come back as empty vectors, whole numbers as numbers.
read_values <- function(group, name) {
  values <- group[[name]]$read()
  if (inherits(values, "integer64")) as.numeric(values) else as.vector(values)
}

each_group <- function(group, read) {
  names <- group$ls()$name
  sapply(names[order(names)], function(name) read(group[[name]]), simplify = FALSE)
}

# A data frame of arrays along one axis; `columns` maps new names to those in the file.
read_table <- function(group, columns) {
  if (is.null(names(columns))) names(columns) <- columns
  as.data.frame(lapply(columns, function(name) read_values(group, name)), optional = TRUE)
}

# R keeps the first index fastest, HDF5 the last: matrices come back transposed.
read_square <- function(group, name, axis) {
  labels <- read_values(group, axis)
  matrix(t(group[[name]]$read()), length(labels), dimnames = list(labels, labels))
}

read_fit <- function(fit) {
  attributes <- read_attributes(fit)
  if (!is.null(attributes$error_message)) return(list(attributes = attributes))
  lost <- read_table(fit, c(term = "unidentified", because = "unidentified_because"))
  coefficients <- read_table(fit, c("term", "driver", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde",
                                    "within_sd", "mde_per_within_sd"))
  coefficients$status <- rep("identified", nrow(coefficients))
  if (nrow(lost) > 0) {
    empty <- coefficients[rep(NA_integer_, nrow(lost)), ]
    empty$term <- lost$term
    empty$status <- "not identified"
    coefficients <- rbind(coefficients, empty)
    rownames(coefficients) <- NULL
  }
  list(attributes = attributes,
       coefficients = coefficients,
       vcov = read_square(fit, "vcov", "term"),
       not_identified = lost,
       tests = read_table(fit[["tests"]], c("hypothesis", "distribution", "statistic", "df1", "df2", "p_value", "estimate",
                                            "std_error", "mde")),
       variation = read_table(fit, c(term = "regressor", mean = "mean", sd_total = "sd_total", sd_between = "sd_between",
                                     sd_within = "sd_within", sd_absorbed = "sd_absorbed")),
       sample = read_table(fit, c(reason = "sample_reason", rows = "sample_rows")),
       rows = read_table(fit[["rows"]], c(unit = "row_unit", period = "row_period", outcome = "outcome", residual = "residual")))
}

read_decomposition <- function(group) {
  components <- read_table(group, c("component", "estimate", "std_error", "conf_low", "conf_high", "share", "percent", "estimable"))
  components$estimable <- components$estimable == 1
  components[!components$estimable, c("std_error", "conf_low", "conf_high")] <- NaN
  list(attributes = read_attributes(group),
       components = components,
       covariance = read_square(group, "covariance", "component"),
       total = read_values(group, "total"),
       total_std_error = read_values(group, "total_std_error"))
}
