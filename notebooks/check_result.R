# Whether a result file of Headwater is as it was written: the SHA-256 of its content, and every item against schema.tsv,
# the table that the library itself checks against. Used by read_result.R; needs hdf5r, bit64 and digest.
# Every failure is an error of class "headwater_error" with a `code`.

headwater_stop <- function(code, ...) {
  stop(structure(class = c("headwater_error", "error", "condition"), list(message = paste0(...), code = code, call = NULL)))
}

# A group in the order of the file: name, attributes, axes, arrays, children.
stored_node <- function(group, at = "", outer = list(), level = 0) {
  if (level > 32) headwater_stop("hdf5.levels", "'", at, "' lies deeper than 32 groups, or a group holds itself")
  node <- list(name = sub(".*/", "", at), attributes = stored_attributes(group), axes = list(), arrays = list(), children = list())
  items <- group$ls(index_type = h5const$H5_INDEX_CRT_ORDER, order = h5const$H5_ITER_INC)
  for (i in seq_len(nrow(items))) {
    name <- items$name[i]
    path <- paste0(at, "/", name)
    if (items$link.type[i] != "H5L_TYPE_HARD") headwater_stop("hdf5.link", "'", path, "' is a link to somewhere else, which is refused")
    item <- group[[name]]
    if (inherits(item, "H5Group")) {
      node$children[[name]] <- stored_node(item, path, outer, level + 1)
    } else if (inherits(item, "H5D")) {
      stored <- stored_dataset(item, path)
      if ("CLASS" %in% h5attr_names(item)) {
        node$axes[[name]] <- stored
        for (labelled in labelled_by(item)) outer[[labelled]] <- list(axis = name, length = length(stored$values))
      } else {
        stored$dims <- vapply(seq_along(stored$shape), function(d) {
          axis <- outer[[paste(path, d - 1)]]
          if (is.null(axis) || axis$length != stored$shape[d])
            headwater_stop("hdf5.axes", "'", path, "' has a dimension without an axis of its length in its group or one around it")
          axis$axis
        }, "")
        stored$unit <- h5attr(item, "unit")
        node$arrays[[name]] <- stored
      }
    } else headwater_stop("hdf5.object", "'", path, "' is neither a group nor a dataset")
  }
  node
}

value_kind <- function(type) {
  kind <- c(H5T_STRING = "text", H5T_INTEGER = "integer", H5T_FLOAT = "number")[as.character(type$get_class())]
  if (is.na(kind)) headwater_stop("hdf5.type", "holds values of another type than headwater writes")
  unname(kind)
}

stored_attributes <- function(object) {
  names <- sort(h5attr_names(object), method = "radix")
  sapply(names, function(name) {
    attribute <- object$attr_open(name)
    list(kind = value_kind(attribute$get_type()), values = attribute$read(),
         scalar = as.character(attribute$get_space()$get_simple_extent_type()) == "H5S_SCALAR")
  }, simplify = FALSE)
}

stored_dataset <- function(item, path) {
  properties <- item$get_create_plist()
  if (as.character(properties$get_layout()) == "H5D_VIRTUAL" || properties$get_external_count() > 0)
    headwater_stop("hdf5.external_storage", "'", path, "' takes its values from other files, which is refused")
  extents <- if (as.character(item$get_space()$get_simple_extent_type()) == "H5S_SCALAR") integer(0) else rev(item$dims)
  list(kind = value_kind(item$get_type()), shape = extents, values = if (prod(extents) > 0) as.vector(item$read()) else character(0),
       description = h5attr(item, "description"))
}

# "path dimension" of everything that a scale labels. Reading references makes handles of the file itself, two each time.
# hdf5r counts handles without a lock, and loses count where the garbage collector closes one while another is counted; two
# losses end in "r_count can never be more than 1 larger than h5_count". So none is left to the collector's own time.
labelled_by <- function(scale) {
  if (!"REFERENCE_LIST" %in% h5attr_names(scale)) return(character(0))
  references <- scale$attr_open("REFERENCE_LIST")$read()
  gc(full = FALSE)
  on.exit(references$dataset$close())
  paste(vapply(references$dataset$dereference(), function(object) object$get_obj_name(), ""), references$dimension)
}

# SHA-256 of names, attributes, labels, shapes and values, as hdf5/content_hash.cpp has it.
content_hash <- function(root) {
  parts <- list()
  add <- function(bytes) parts[[length(parts) + 1]] <<- bytes
  whole <- function(numbers) add(writeBin(unclass(bit64::as.integer64(numbers)), raw(), endian = "little"))
  texts <- function(values) for (value in enc2utf8(values)) {
    bytes <- charToRaw(value)
    whole(length(bytes))
    add(bytes)
  }
  content <- function(item, tags, several) {
    tag <- match(item$kind, tags)
    whole(tag - 1)
    if (several) whole(length(item$values))
    switch(item$kind, text = texts(item$values), integer = whole(item$values),
           number = add(writeBin(as.double(item$values), raw(), endian = "little")))
  }
  walk <- function(node, root) {
    texts(if (root) "" else node$name)
    for (key in names(node$attributes)) {
      if (root && key %in% c("complete", "content_sha256")) next
      texts(key)
      item <- node$attributes[[key]]
      if (item$scalar) content(item, c("text", "number", "integer"), FALSE)
      else content(item, c("", "", "", "text", "number", "integer"), TRUE)
    }
    whole(length(node$axes))
    for (name in names(node$axes)) {
      texts(name)
      content(node$axes[[name]], c("text", "number", "integer"), TRUE)
      texts(node$axes[[name]]$description)
    }
    whole(length(node$arrays))
    for (name in names(node$arrays)) {
      item <- node$arrays[[name]]
      texts(name)
      whole(length(item$dims))
      texts(item$dims)
      whole(length(item$shape))
      if (length(item$shape) > 0) whole(item$shape)
      content(item, c("number", "integer", "text"), TRUE)
      texts(item$description)
      texts(item$unit)
    }
    whole(length(node$children))
    for (child in node$children) walk(child, FALSE)
  }
  walk(root, TRUE)
  digest::digest(unlist(parts), algo = "sha256", serialize = FALSE)
}

# The rows of schema.tsv by group, attributes with "@" before their name.
schema_rows <- function(path) {
  rows <- utils::read.delim(path, quote = "", colClasses = "character", encoding = "UTF-8")
  attribute <- grepl("@", rows$path)
  rows$group <- sub("/$", "", ifelse(attribute, sub("@.*", "", rows$path), sub("/[^/]*$", "", rows$path)))
  rows$name <- ifelse(attribute, sub(".*@", "@", rows$path), sub(".*/", "", rows$path))
  rows$axes <- strsplit(rows$axes, ", ", fixed = TRUE)
  rows$values <- strsplit(rows$values, " | ", fixed = TRUE)
  rows
}

# The first item that departs from the schema, as "'/path' why"; NULL when there is none.
schema_departure <- function(root, rows) {
  groups <- unique(unlist(lapply(strsplit(unique(rows$group), "/"), function(p) Reduce(function(a, b) paste0(a, "/", b), p, accumulate = TRUE))))
  version <- root$attributes$format_version$values
  estimated <- isTRUE(root$attributes$estimated$values == 1)
  method_in <- function(name) if (grepl("^[0-9]+_.", name)) sub("^[0-9]+_", "", name) else ""
  in_words <- function(axes) if (length(axes) == 0) "no axis" else paste(if (length(axes) == 1) "axis" else "axes", paste(axes, collapse = ", "))
  axis_of <- function(around, name) for (node in rev(around)) if (!is.null(node$axes[[name]])) return(node$axes[[name]]$values)

  allowed <- function(choice, values, around) {
    if (!is.character(values)) {
      if (startsWith(choice, "row of ")) return(values >= 0 & values < length(axis_of(around, substring(choice, 8))))
      if (!grepl("..", choice, fixed = TRUE)) return(rep(FALSE, length(values)))
      ends <- c(strsplit(choice, "..", fixed = TRUE)[[1]], "")
      return(!is.na(values) & (ends[1] == "" | values >= as.numeric(ends[1])) & (ends[2] == "" | values <= as.numeric(ends[2])))
    }
    if (startsWith(choice, "label of ")) return(values %in% axis_of(around, substring(choice, 10)))
    if (choice == "a fit") return(values %in% names(root$children$fits$children))
    if (choice == "name of its group") return(values == around[[length(around) - 1]]$name)
    values == (if (choice == "(empty)") "" else choice)
  }
  wrong_values <- function(row, values, around) {
    choices <- row$values[[1]]
    if (length(choices) == 0 || length(values) == 0) return(NULL)
    if (inherits(values, "integer64")) values <- as.numeric(values)
    fine <- suppressWarnings(Reduce(`|`, lapply(choices, allowed, values, around)))
    if (all(fine)) NULL else paste0("holds ", values[!fine][1], ", which is not ", paste(choices, collapse = ", "))
  }
  find_row <- function(called, name) {
    found <- rows[rows$group %in% called & rows$name == name, ]
    if (nrow(found) == 0 && grepl("^@[^.]*\\.", name)) found <- rows[rows$group %in% called & rows$name == sub("\\..*", ".*", name), ]
    if (nrow(found) > 0) found[1, ]
  }
  wanted <- function(rows, failed, absent)
    as.integer(rows$since) <= version & (rows$when %in% c("always", "stored") | rows$when == "together" & !absent |
      rows$when == "fitted" & !failed | rows$when == "estimated" & !failed & estimated | rows$when == "failed" & failed)
  unknown <- function(row, kind, failed) {
    if (is.null(row)) return("is not in the schema of result files")
    if (row$kind != kind) return(paste0("holds ", kind, ", not ", row$kind))
    if (row$when == "failed" && !failed) return("is there although the fit did not fail")
    if (row$when %in% c("fitted", "estimated") && failed) return("is there although the fit failed")
    if (row$when == "estimated" && !estimated) "is there although nothing was estimated"
  }
  wrong_labels <- function(row, values, around)
    for (choice in row$values[[1]]) if (!identical(axis_of(around, sub("^labels of ", "", choice)), values)) return(paste("does not have the", choice))
  wrong_axes <- function(row, array) {
    expected <- row$axes[[1]]
    if (identical(as.character(expected), as.character(array$dims))) return(NULL)
    one <- length(expected) == 1 && length(array$dims) == 1
    paste0("lies on ", in_words(array$dims), ", not ", if (one) expected else in_words(expected))
  }
  missing <- function(called, path, names, failed, absent = FALSE) {
    lost <- rows[rows$group %in% called & wanted(rows, failed, absent) & !rows$name %in% names, ]
    if (nrow(lost) > 0) paste0("'", path, if (startsWith(lost$name[1], "@")) "" else "/", lost$name[1], "' is missing")
  }
  said <- function(path, why) if (!is.null(why)) paste0("'", path, "' ", why)
  own_items <- function(node, called, path, around, failed) {
    for (key in names(node$attributes)) {
      item <- node$attributes[[key]]
      row <- find_row(called, paste0("@", key))
      why <- unknown(row, paste0(item$kind, if (item$scalar) "" else "s"), failed)
      if (is.null(why)) why <- wrong_values(row, item$values, around)
      if (!is.null(why)) return(said(paste0(path, "@", key), why))
    }
    for (name in names(node$axes)) {
      row <- find_row(called, name)
      why <- unknown(row, paste0("axis of ", node$axes[[name]]$kind, "s"), failed)
      if (is.null(why)) why <- wrong_labels(row, node$axes[[name]]$values, around)
      if (!is.null(why)) return(said(paste0(path, "/", name), why))
    }
    for (name in names(node$arrays)) {
      array <- node$arrays[[name]]
      row <- find_row(called, name)
      why <- unknown(row, paste0(array$kind, "s"), failed)
      if (is.null(why)) why <- wrong_axes(row, array)
      if (is.null(why)) why <- wrong_values(row, array$values, around)
      if (!is.null(why)) return(said(paste0(path, "/", name), why))
    }
    missing(called, path, c(paste0("@", names(node$attributes)), names(node$axes), names(node$arrays)), failed)
  }
  called_by_schema <- function(called, child) {
    for (group in called) {
      if (!grepl("*", child, fixed = TRUE) && paste0(group, "/", child) %in% groups) return(paste0(group, "/", child))
      if (paste0(group, "/*") %in% groups)
        return(c(paste0(group, "/*"), if (group == "/decompositions/*") paste0(group, "/*_", method_in(child))))
    }
  }
  walk <- function(node, called, path, around, failed) {
    around <- c(around, list(node))
    found <- own_items(node, called, path, around, failed)
    if (!is.null(found)) return(found)
    for (child in node$children) {
      at <- paste0(path, "/", child$name)
      theirs <- called_by_schema(called, child$name)
      if (is.null(theirs)) return(said(at, "is not in the schema of result files"))
      if (length(theirs) == 2 && !identical(child$attributes$method$values, method_in(child$name)))
        return(said(at, "is not called by its number and its method"))
      found <- walk(child, theirs, at, around, if (identical(called, "/fits")) identical(child$attributes$status$values, "failed") else failed)
      if (!is.null(found)) return(found)
    }
    for (group in called) for (other in groups[startsWith(groups, paste0(group, "/"))]) {
      name <- substring(other, nchar(group) + 2)
      if (grepl("[/*]", name) || name == "" || name %in% names(node$children)) next
      found <- missing(other, paste0(path, "/", name), character(0), failed, absent = TRUE)
      if (!is.null(found)) return(found)
    }
  }
  walk(root, "", "", list(), FALSE)
}

# Stops unless the open file is as Headwater wrote it. `table` is the path of schema.tsv.
check_result <- function(file, path, table) {
  tryCatch({
    root <- stored_node(file)
    computed <- content_hash(root)
    if (!identical(root$attributes$content_sha256$values, computed))
      headwater_stop("hdf5.content", path, " is not as it was written: its content has SHA-256 ", substr(computed, 1, 12), "...; write it again")
    departed <- schema_departure(root, schema_rows(table))
    if (!is.null(departed))
      headwater_stop("result.schema", path, ": ", departed, "; headwater has not written it so, and nothing in the file is used: write it again")
  }, error = function(e) {
    if (inherits(e, "headwater_error")) stop(e)
    why <- strsplit(conditionMessage(e), "\n")[[1]][1]
    headwater_stop("hdf5.damaged", path, " cannot be read as HDF5 (", why, "); the file is damaged, write it again")
  })
}
