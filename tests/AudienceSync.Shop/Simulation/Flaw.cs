namespace AudienceSync.Shop.Simulation;

/// <summary>The intentional flaw of a webhook.</summary>
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

/// <summary>
/// How the receiver must answer a flawed webhook. Adds and exposures are quarantined when something about them is doubtful; a removal is
/// never lost because of a field that it does not need, so it is accepted with a warning.
/// </summary>
internal static class FlawRules
{
    public static readonly IReadOnlyList<Flaw> All = [.. Enum.GetValues<Flaw>().Where(flaw => flaw != Flaw.None)];

    /// <summary>Whether it takes effect, either because it has no flaw or without regard to the flawed field.</summary>
    public static bool IsAccepted(this ShopEvent item) => item.Flaw == Flaw.None || IsHarmless(item);

    /// <summary>Whether it is stored without effect.</summary>
    public static bool IsQuarantined(this ShopEvent item) =>
        item.Flaw is Flaw.UnknownKey or Flaw.TestSend || (item.Flaw is Flaw.NewerSchema or Flaw.FarFuture && !IsHarmless(item));

    /// <summary>The HTTP status of a webhook that was sent alone.</summary>
    public static int ExpectedStatus(this ShopEvent item) =>
        item.Flaw switch
        {
            Flaw.MissingPerson or Flaw.MalformedJson => 422,
            Flaw.WrongToken or Flaw.BadSignature => 401,
            Flaw.WrongContentType => 415,
            Flaw.TooLarge => 413,
            _ => item.IsAccepted() ? 200 : 202,
        };

    /// <summary>The code of a quarantined event; null when the contract defines none.</summary>
    public static string? ExpectedCode(this ShopEvent item) =>
        item.Flaw switch
        {
            Flaw.UnknownKey => "unknown_audience_key",
            Flaw.TestSend => "test_send",
            _ when item.IsQuarantined() => WarningCode(item.Flaw),
            _ => null,
        };

    /// <summary>The codes of the warnings that an accepted event is answered with.</summary>
    public static IReadOnlyList<string> ExpectedWarnings(this ShopEvent item) =>
        [
            .. item is { Flaw: Flaw.None, Clock: Clock.Ahead } ? ["clock_ahead"] : Array.Empty<string>(),
            .. IsHarmless(item) ? [WarningCode(item.Flaw)!] : Array.Empty<string>(),
            .. item.HasPlaceholder ? ["placeholder"] : Array.Empty<string>(),
        ];

    /// <summary>Whether the receiver may return more warnings: the requirements of a newer schema are unknown.</summary>
    public static bool MayHaveMoreWarnings(this ShopEvent item) => item.Flaw == Flaw.NewerSchema;

    private static bool IsHarmless(ShopEvent item) => item is { Kind: EventKind.Remove, Flaw: Flaw.NewerSchema or Flaw.FarFuture };

    private static string? WarningCode(Flaw flaw) =>
        flaw switch
        {
            Flaw.NewerSchema => "newer_schema_version",
            Flaw.FarFuture => "occurred_in_future",
            _ => null,
        };
}
