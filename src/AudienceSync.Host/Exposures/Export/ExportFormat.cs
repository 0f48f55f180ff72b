using System.IO.Compression;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>A form of the exported files.</summary>
internal sealed record ExportFormat(string Name, string Extension)
{
    public static readonly ExportFormat Parquet = new("parquet", ".parquet");
    public static readonly ExportFormat Ndjson = new("ndjson", ".ndjson.gz");

    public static readonly IReadOnlyList<ExportFormat> All = [Parquet, Ndjson];

    /// <summary>Writes a file.</summary>
    public async Task WriteAsync(
        IReadOnlyList<ExposureColumn> columns,
        IReadOnlyList<object?[]> rows,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        if (this == Parquet)
        {
            await ParquetTable.WriteAsync(columns, rows, output, cancellationToken);
            return;
        }

        await using var zipped = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        var table = new NdjsonTable(columns, zipped);
        foreach (var row in rows)
        {
            await table.WriteAsync(row, cancellationToken);
        }

        await table.FlushAsync(cancellationToken);
    }
}
