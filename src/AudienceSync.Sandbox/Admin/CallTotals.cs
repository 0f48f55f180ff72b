namespace AudienceSync.Sandbox.Admin;

/// <summary>Totals per audience and operation since the start or the last reset.</summary>
internal sealed class CallTotals(string platform, string? audience, string operation)
{
    public string Platform => platform;

    public string? Audience => audience;

    public string Operation => operation;

    public long Calls { get; set; }

    /// <summary>Rows received in calls with a readable body.</summary>
    public long Rows { get; set; }

    /// <summary>Digests added to the list.</summary>
    public long Applied { get; set; }

    /// <summary>Digests removed from the list.</summary>
    public long Removed { get; set; }

    /// <summary>
    /// Rows that the platform reported as rejected: num_invalid_entries for Meta, errorCounts of a request's status for Google.
    /// </summary>
    public long Invalid { get; set; }

    /// <summary>Cells with the SHA-256 of the empty string.</summary>
    public long EmptyHash { get; set; }

    public SortedDictionary<string, long> Faults { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Refused { get; } = new(StringComparer.Ordinal);

    public long BudgetViolations { get; set; }

    public int MaxRowsPerCall { get; set; }
}
