using System.Collections.Frozen;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The form of the schema: one string, or an array of keys (contract 6.1 and 6.4).</summary>
internal enum SchemaForm
{
    Single,
    Multi,
}

/// <summary>The content type of a column, which determines how a cell is validated (contract 9 and 10).</summary>
internal enum CellKind
{
    /// <summary>SHA-256 in lowercase hex.</summary>
    Hashed,

    /// <summary>An identifier sent unhashed; stored as its SHA-256, so that it takes 32 bytes independent of its length.</summary>
    Plain,

    /// <summary>A non-negative number, not an identifier.</summary>
    Number,

    /// <summary>A list of processing options, not an identifier.</summary>
    Options,
}

/// <summary>One key of a schema, contract 6.3.</summary>
internal sealed record SchemaKey(string Name, CellKind Kind)
{
    private static readonly FrozenDictionary<string, SchemaKey> Multi = Keys(
            CellKind.Hashed,
            "EMAIL",
            "PHONE",
            "GEN",
            "DOBY",
            "DOBM",
            "DOBD",
            "LN",
            "FN",
            "FI",
            "CT",
            "ST",
            "ZIP",
            "COUNTRY"
        )
        .Concat(Keys(CellKind.Plain, "EXTERN_ID", "MADID", "APPUID", "PAGEUID", "UID"))
        .Concat(Keys(CellKind.Number, "LOOKALIKE_VALUE", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"))
        .Concat(Keys(CellKind.Options, "DATA_PROCESSING_OPTIONS"))
        .ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);

    // Names that exist only in the single-string form; the identifiers are the same, so they share the sets of the array form.
    private static readonly FrozenDictionary<string, string> SingleNames = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["EMAIL_SHA256"] = "EMAIL",
        ["PHONE_SHA256"] = "PHONE",
        ["MOBILE_ADVERTISER_ID"] = "MADID",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public bool IsIdentifier => Kind is CellKind.Hashed or CellKind.Plain;

    public static SchemaKey? InArray(string name) => Multi.GetValueOrDefault(name);

    public static SchemaKey? AsString(string name)
    {
        var key = InArray(SingleNames.GetValueOrDefault(name, name));
        return key is { IsIdentifier: true } ? key : null;
    }

    public static bool IsStored(string name) => InArray(name) is { IsIdentifier: true };

    private static IEnumerable<SchemaKey> Keys(CellKind kind, params string[] names) => names.Select(name => new SchemaKey(name, kind));
}
