namespace AudienceSync.Shop.Exposures;

/// <summary>The comparison of the exposure log with who was exposed.</summary>
/// <param name="Rows">Rows of the log, as read over HTTP.</param>
/// <param name="Spells">Rows of the exported spells.</param>
/// <param name="People">Customers whose presence at the platforms was compared by the exported links.</param>
/// <param name="Wrong">Differences.</param>
/// <param name="Examples">Some of them, by the customer's number.</param>
internal sealed record ExposureFinding(int Rows, int Spells, int People, int Wrong, IReadOnlyList<string> Examples)
{
    public static readonly ExposureFinding None = new(0, 0, 0, 0, []);

    public bool IsGood => Wrong == 0;
}
