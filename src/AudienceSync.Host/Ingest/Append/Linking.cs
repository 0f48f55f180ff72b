namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Whether the addresses that are sent with an anchor are linked to its person. The numbers are those of <c>link_stops.state</c>.
/// </summary>
internal enum Linking : short
{
    /// <summary>Up to the limit; the normal case, which has no row.</summary>
    Limited = 0,

    /// <summary>No longer: too many were sent within a day.</summary>
    Stopped = 1,

    /// <summary>Without a limit: an operator reviewed it.</summary>
    Allowed = 2,
}
