namespace AudienceSync.Host.Sync.Ledger;

/// <summary>How members that a platform refused are marked to be sent once more.</summary>
internal static class RetryMarkSql
{
    /// <summary>
    /// On <c>ledger l</c>, of rows that no job holds. Refused members count as absent again, so that they are sent once more as they are.
    /// Where a job reported only how many it refused, a member of it may be one of them: such a member is in doubt. What is sent is decided
    /// by the lanes, from what is desired then.
    /// </summary>
    public const string Set =
        "status = case when l.status in (4, 5) then 0 when l.status = 2 then 1 else l.status end, redeliver = true, job_tries = 0, "
        + "reason = null";
}
