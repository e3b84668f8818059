//! Words that the rules ask for, from the training part of the English Web Treebank and from common knowledge.

/// Parts of a token with an apostrophe. The longer first.
pub(super) const CLITICS: &[&str] = &["n't", "'ll", "'ve", "'re", "'s", "'m", "'d"];

/// Words whose apostrophe stands for what is left out before them.
pub(super) const ELISIONS: &[&str] = &["'n", "'em", "'til", "'cause"];

/// Words that are two tokens, and the bytes of the first.
pub(super) const CONTRACTIONS: &[(&str, usize)] = &[
    ("aint", 2),
    ("alot", 1),
    ("arent", 3),
    ("cannot", 3),
    ("cant", 2),
    ("couldnt", 5),
    ("didnt", 3),
    ("doesnt", 4),
    ("dont", 2),
    ("gimme", 3),
    ("gonna", 3),
    ("gotta", 3),
    ("hadnt", 3),
    ("hasnt", 3),
    ("havent", 4),
    ("heres", 4),
    ("hes", 2),
    ("im", 1),
    ("isnt", 2),
    ("ive", 1),
    ("lemme", 3),
    ("lets", 3),
    ("outta", 3),
    ("shes", 3),
    ("shouldnt", 6),
    ("sorta", 4),
    ("thats", 4),
    ("theres", 5),
    ("theyll", 4),
    ("theyre", 4),
    ("theyve", 4),
    ("wanna", 3),
    ("wasnt", 3),
    ("werent", 4),
    ("weve", 2),
    ("whats", 4),
    ("wont", 2),
    ("wouldnt", 5),
    ("youd", 3),
    ("youll", 3),
    ("youre", 3),
    ("youve", 3),
];

/// What stays with the word behind its hyphen.
pub(super) const PREFIXES: &[&str] = &[
    "anti", "arch", "co", "counter", "cross", "e", "ex", "extra", "inter", "intra", "mega", "micro", "mid", "mini", "multi", "neo", "non",
    "over", "post", "pre", "pro", "proto", "pseudo", "quasi", "re", "semi", "socio", "sub", "super", "ultra", "un",
];

/// Units that follow a number without a space and are not, as others are, in small letters alone.
pub(super) const UNITS: &[&str] = &[
    "AM", "PM", "a.m", "p.m", "a.m.", "p.m.", "K", "M", "MM", "Hz", "kHz", "MHz", "GHz", "MB", "GB", "TB", "MW", "kW", "MWh", "kWh", "LB",
    "LBS", "FT", "F", "C", "sq.ft",
];

/// What in small letters makes a number an ordinal or a decade, or is often a part of a name.
pub(super) const ENDINGS: &[&str] = &["st", "nd", "rd", "th", "s", "a", "d", "g", "e", "x"];

/// Words that end with a point in the middle of a sentence, without it.
pub(super) const ABBREVIATIONS: &[&str] = &[
    "Adm", "Apr", "Assn", "Attn", "Aug", "Ave", "Bldg", "Blvd", "Bros", "Capt", "Cf", "Co", "Col", "Conf", "Corp", "Cpl", "Dec", "Dept",
    "Dr", "Esp", "Esq", "Est", "Ext", "Feb", "Fig", "Fri", "Ft", "Gen", "Gov", "Hon", "Hwy", "Inc", "Jan", "Jr", "Ltd", "Lt", "Maj", "Mfg",
    "Mon", "Mr", "Mrs", "Ms", "Mt", "No", "Nos", "Nov", "Oct", "Ph.D", "Pp", "Prof", "Rd", "Rep", "Reps", "Rev", "Sat", "Sec", "Sen",
    "Sens", "Sep", "Sept", "Sgt", "Sr", "St", "Sun", "Supt", "Thu", "Thur", "Thurs", "Tue", "Tues", "Univ", "Vol", "Vs", "Wed", "al",
    "approx", "cf", "dept", "etc", "est", "ext", "vol", "vs",
];

/// Smileys.
pub(super) const SMILEYS: &[&str] = &[
    ":)", ":(", ":-)", ":-(", ";)", ";-)", ";(", ":D", ":-D", ":P", ":-P", ":p", ":-p", ";P", ":/", ":-/", ":|", ":-|", ":o", ":O", ":'(",
    ":')", ":))", "=)", "=(", "=D", "=P", "(:", "(;", "<3", ">:(", "^_^", "-_-",
];

/// Endings of hosts.
pub(super) const DOMAINS: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "info", "biz", "io", "eu", "uk", "ca", "au", "de", "fr", "jp", "cn", "ru", "tv", "nl", "ch",
];

/// Endings of files.
pub(super) const FILES: &[&str] = &[
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "txt", "rtf", "csv", "htm", "html", "asp", "aspx", "php", "jpg", "jpeg", "gif",
    "png", "mp3", "zip", "exe", "url", "xml", "wav",
];
