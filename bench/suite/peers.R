# One fit or one reading by an R package, in a process of its own: Rscript peers.R NAME PATH FORMULA FIRST CLUSTER
args <- commandArgs(trailingOnly = TRUE)
say <- function(estimate, seconds) cat(sprintf('{"estimate": %.17g, "seconds": %.6f}', estimate, seconds))
timed <- function(work) {
  seconds <- system.time(answer <- work())[["elapsed"]]
  say(answer, seconds)
}
path <- args[2]
switch(args[1],
  fixest = {
    library(fixest)
    data <- data.table::fread(path)
    timed(function() coef(feols(as.formula(args[3]), data, cluster = as.formula(paste("~", args[5]))))[[args[4]]])
  },
  fread = timed(function() nrow(data.table::fread(path))),
  oaxaca = {
    library(oaxaca)
    data <- read.csv(path)
    data$a <- data$group == "a"
    text <- paste(args[3], "| a")
    timed(function() oaxaca(as.formula(text), data = data, R = 999)$n$n.A)
  })
