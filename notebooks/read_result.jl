# Reads a result file of Headwater with HDF5.jl: include("read_result.jl"); result = read_result("demo.h5")
#
#   result.attributes                               versions, seed, status, hashes
#   result.fits["joint.ratio"].coefficients         named columns, as a NamedTuple of vectors (DataFrame(...) takes it)
#   result.fits["joint.ratio"].vcov                 rows and columns in the order of coefficients.term
#   result.decompositions["joint.ratio"]["1_change"].components
#
# `not_identified` lists regressors that the data cannot tell apart; they have no numbers.

using HDF5

function read_result(path)
    h5open(path, "r") do file
        attributes = read_attributes(file)
        attributes["format"] == "headwater.result" && attributes["complete"] == 1 || error("$path is not a complete result file of headwater")
        attributes["format_version"] <= 2 || error("$path has format version $(attributes["format_version"]); this reader knows versions up to 2")
        (attributes = attributes, config = read(file["run/config"]), fits = each_group(read_fit, file["fits"]),
         decompositions = haskey(file, "decompositions") ? each_group(fit -> each_group(read_decomposition, fit), file["decompositions"]) : Dict())
    end
end

read_attributes(object) = Dict(name => read_attribute(object, name) for name in keys(attributes(object)))
each_group(reader, group) = Dict(name => reader(group[name]) for name in keys(group))
read_table(group, columns) = NamedTuple(new => read(group[String(old)]) for (new, old) in columns)
same(names...) = [name => name for name in names]

# Julia keeps the first index fastest, HDF5 the last: matrices come back transposed.
read_matrix(group, name) = permutedims(read(group[name]))

function read_fit(fit)
    attributes = read_attributes(fit)
    haskey(attributes, "error_message") && return (attributes = attributes,)
    (attributes = attributes,
     coefficients = read_table(fit, same(:term, :driver, :estimate, :std_error, :statistic, :p_value, :conf_low, :conf_high, :mde)),
     vcov = read_matrix(fit, "vcov"),
     not_identified = read_table(fit, [:term => :unidentified, :because => :unidentified_because]),
     tests = read_table(fit["tests"], same(:hypothesis, :statistic, :df1, :df2, :p_value, :estimate, :std_error, :mde)),
     rows = read_table(fit["rows"], [:unit => :row_unit, :period => :row_period, :outcome => :outcome, :residual => :residual]))
end

function read_decomposition(group)
    (attributes = read_attributes(group),
     components = read_table(group, same(:component, :estimate, :std_error, :conf_low, :conf_high, :share, :percent, :estimable)),
     covariance = read_matrix(group, "covariance"), total = read(group["total"]), total_std_error = read(group["total_std_error"]))
end
