namespace AudienceSync.Shop.Alerts;

/// <summary>The comparison of what people were alerted about with what was wrong.</summary>
/// <param name="Notices">Notices that were made.</param>
/// <param name="Sent">Of these, to each channel that accepted it.</param>
/// <param name="Missing">What people should have been alerted about and were not, or were not in a channel.</param>
/// <param name="Unexpected">What still fires at the end and is well.</param>
/// <param name="Examples">Which ones.</param>
internal sealed record AlertFinding(int Notices, int Sent, int Missing, int Unexpected, IReadOnlyList<string> Examples)
{
    public static readonly AlertFinding None = new(0, 0, 0, 0, []);

    public bool IsGood => Missing == 0 && Unexpected == 0;
}
