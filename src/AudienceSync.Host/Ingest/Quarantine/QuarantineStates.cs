namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>The states of an entry, and their stored numbers.</summary>
public static class QuarantineStates
{
    public const string Open = "open";
    public const string Released = "released";
    public const string Discarded = "discarded";

    internal static string Of(short state) =>
        state switch
        {
            2 => Released,
            3 => Discarded,
            _ => Open,
        };

    internal static short NumberOf(string state) =>
        state switch
        {
            Released => 2,
            Discarded => 3,
            _ => 1,
        };
}
