namespace AudienceSync.Host.Storage.Log;

/// <summary>Whether the addresses that an anchor is sent with are taken for its person's. The numbers are those of <c>link_stops.state</c>.</summary>
internal enum Linking : short
{
    /// <summary>Up to the limit; the ordinary case, which has no row.</summary>
    Limited = 0,

    /// <summary>No more: too many came within a day.</summary>
    Stopped = 1,

    /// <summary>Without a limit: an operator looked at it.</summary>
    Allowed = 2,
}
