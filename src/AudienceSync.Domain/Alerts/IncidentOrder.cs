namespace AudienceSync.Domain.Alerts;

/// <summary>The order in which incidents are announced: the same on every Host.</summary>
internal sealed class IncidentOrder : IComparer<IncidentId>
{
    public static readonly IncidentOrder Instance = new();

    public int Compare(IncidentId x, IncidentId y) =>
        string.CompareOrdinal(x.Rule, y.Rule) is var byRule and not 0 ? byRule : string.CompareOrdinal(x.Group, y.Group);
}
