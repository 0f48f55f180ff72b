using System.Globalization;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>What an export did.</summary>
/// <param name="Days">Days that are in the folder now and were not before.</param>
/// <param name="Files">Files that were written for them.</param>
/// <param name="Rows">Rows in these files.</param>
/// <param name="Position">The last position of the last day: the next export begins behind it.</param>
internal sealed record ExportResult(int Days, int Files, long Rows, long Position);

/// <summary>
/// Exports the days that get no more rows, in parts that are fixed ranges of positions, so that an export that was killed and one that was
/// not write the same bytes. A part that is there is whole; a day is exported when its manifest is there. Spells and links change, so they
/// are one file each, replaced by every export.
/// </summary>
internal sealed class ExposureExport(ExposureTableQueries tables, ExportFolder folder, string workspace, ExportFormat format)
{
    /// <summary>Positions of a part.</summary>
    public const long DefaultPartPositions = 100_000;

    /// <summary>Positions of a part; a test sets it low to have many.</summary>
    internal long PartPositions { get; init; } = DefaultPartPositions;

    /// <summary>Exports the closed days that have rows behind a position.</summary>
    /// <exception cref="SetupException">export_format_differs</exception>
    public async Task<ExportResult> RunAsync(long since, CancellationToken cancellationToken)
    {
        var result = new ExportResult(0, 0, 0, since);
        foreach (var day in await tables.ClosedDaysAsync(since, cancellationToken))
        {
            var manifest = await DayAsync(day, cancellationToken);
            result = manifest is null
                ? result with
                {
                    Position = day.Last,
                }
                : new ExportResult(result.Days + 1, result.Files + manifest.Files.Count, result.Rows + manifest.Rows, day.Last);
        }

        await ReplaceAsync("spells", ExposureColumns.Spells, tables.SpellsAsync(cancellationToken), cancellationToken);
        await ReplaceAsync("links", ExposureColumns.Links, tables.LinksAsync(cancellationToken), cancellationToken);
        return result;
    }

    // Null when the day was exported before.
    private async Task<DayManifest?> DayAsync(ExposureDay day, CancellationToken cancellationToken)
    {
        var place = Path.Combine(PlaceOf("exposures"), string.Create(CultureInfo.InvariantCulture, $"dt={day.Day:yyyy-MM-dd}"));
        folder.Clear(place);
        var name = Path.Combine(place, DayManifest.Name);
        if (folder.Has(name) && DayManifest.Read(await File.ReadAllBytesAsync(folder.PathOf(name), cancellationToken)) is { } written)
        {
            if (written.Format != format.Name)
            {
                throw new SetupException(
                    "export_format_differs",
                    $"{folder.PathOf(name)} is of an export in the format {written.Format}: export to another folder, or in that format."
                );
            }

            if (written.Files.All(file => folder.Has(Path.Combine(place, file.File))))
            {
                return null;
            }
        }

        var files = new List<ManifestFile>();
        for (var first = day.First; first <= day.Last; first = EndOfPart(first) + 1)
        {
            files.Add(await PartAsync(place, first, Math.Min(day.Last, EndOfPart(first)), cancellationToken));
        }

        var manifest = new DayManifest(
            ExposureColumns.Schema,
            workspace,
            day.Day,
            format.Name,
            day.First,
            day.Last,
            files.Sum(file => file.Rows),
            files
        );
        await folder.WriteAsync(name, file => file.WriteAsync(manifest.ToJson(), cancellationToken).AsTask(), cancellationToken);
        return manifest;
    }

    // Positions have no gaps, so a part has as many rows as positions.
    private async Task<ManifestFile> PartAsync(string place, long first, long last, CancellationToken cancellationToken)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"part-{first:D12}-{last:D12}{format.Extension}");
        var name = Path.Combine(place, file);
        if (!folder.Has(name))
        {
            var rows = await tables.EventsAsync(first - 1, last, cancellationToken).ToListAsync(cancellationToken);
            await folder.WriteAsync(
                name,
                output => format.WriteAsync(ExposureColumns.Events, rows, output, cancellationToken),
                cancellationToken
            );
        }

        return new ManifestFile(file, last - first + 1, first, last, await folder.DigestAsync(name, cancellationToken));
    }

    private async Task ReplaceAsync(
        string table,
        IReadOnlyList<ExposureColumn> columns,
        IAsyncEnumerable<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        var place = PlaceOf(table);
        folder.Clear(place);
        var all = await rows.ToListAsync(cancellationToken);
        await folder.WriteAsync(
            Path.Combine(place, table + format.Extension),
            output => format.WriteAsync(columns, all, output, cancellationToken),
            cancellationToken
        );
    }

    private string PlaceOf(string table) => Path.Combine(table, $"schema={ExposureColumns.Schema}", $"workspace={workspace}");

    private long EndOfPart(long position) => (((position - 1) / PartPositions) + 1) * PartPositions;
}
