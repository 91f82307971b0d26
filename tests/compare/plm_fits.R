# Fits the models of a table with plm: a line for each, "term=estimate=variance=p" separated by tabs.
suppressMessages(library(plm))
plans <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
for (i in seq_len(nrow(plans))) {
  plan <- plans[i, ]
  data <- pdata.frame(read.csv(plan$path), index = c("unit", "year"))
  drawn <- plan$model == "random"
  fit <- plm(as.formula(plan$formula), data, model = plan$model, effect = plan$effect, random.method = if (drawn) plan$method)
  V <- switch(substr(plan$rule, 1, 12),
              # plm 2.6 forgets the variance of the rows where two random effects meet an unbalanced panel.
              "iid" = vcov(fit) * if (drawn && plan$effect == "twoways" && !is.pbalanced(data)) fit$ercomp$sigma2[["idios"]] else 1,
              "robust" = vcovHC(fit, method = "white1", type = "HC1"),
              "cluster(unit" = if (grepl("year", plan$rule)) vcovDC(fit, type = "sss") else vcovHC(fit, type = "sss", cluster = "group"),
              "cluster(year" = vcovHC(fit, type = "sss", cluster = "time"),
              "driscoll_kra" = vcovSCC(fit, type = "HC0", maxlag = 1))
  b <- coef(fit)
  v <- diag(as.matrix(V))
  p <- 2 * pt(-abs(b) / sqrt(pmax(v, 0)), if (drawn) Inf else df.residual(fit))
  cat(paste(names(b), format(b, digits = 17), format(v, digits = 17), format(p, digits = 17), sep = "=", collapse = "\t"), "\n", sep = "")
}
