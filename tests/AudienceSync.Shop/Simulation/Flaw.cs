namespace AudienceSync.Shop.Simulation;

/// <summary>What is wrong with a webhook on purpose.</summary>
internal enum Flaw
{
    None,
    UnknownKey,
    NewerSchema,
    FarFuture,
    TestSend,
    MissingPerson,
    MalformedJson,
    WrongToken,
    BadSignature,
    WrongContentType,
    TooLarge,
}

/// <summary>What the receiver owes to a flawed webhook.</summary>
internal static class FlawRules
{
    public static readonly IReadOnlyList<Flaw> All = [.. Enum.GetValues<Flaw>().Where(flaw => flaw != Flaw.None)];

    public static bool IsQuarantined(this Flaw flaw) => flaw is Flaw.UnknownKey or Flaw.NewerSchema or Flaw.FarFuture or Flaw.TestSend;

    /// <summary>The HTTP status of a webhook that was sent alone.</summary>
    public static int ExpectedStatus(this Flaw flaw) => flaw switch
    {
        Flaw.None => 200,
        Flaw.MissingPerson or Flaw.MalformedJson => 422,
        Flaw.WrongToken or Flaw.BadSignature => 401,
        Flaw.WrongContentType => 415,
        Flaw.TooLarge => 413,
        _ => 202,
    };

    /// <summary>The code of a quarantined event; null when the contract names none.</summary>
    public static string? ExpectedCode(this Flaw flaw) => flaw switch
    {
        Flaw.UnknownKey => "unknown_audience_key",
        Flaw.NewerSchema => "newer_schema_version",
        Flaw.FarFuture => "occurred_in_future",
        Flaw.TestSend => "test_send",
        _ => null,
    };
}
