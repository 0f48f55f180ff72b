using Parquet;
using Parquet.Schema;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>Writes rows as one Parquet file with one row group, compressed with zstd. The same rows give the same bytes.</summary>
internal static class ParquetTable
{
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd };

    public static async Task WriteAsync(
        IReadOnlyList<ExposureColumn> columns,
        IReadOnlyList<object?[]> rows,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        var fields = columns.Select(Field).ToArray();
        await using var writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(fields.Cast<Field>()),
            output,
            Options,
            append: false,
            cancellationToken
        );
        using var group = writer.CreateRowGroup();
        for (var n = 0; n < columns.Count; n++)
        {
            await WriteAsync(group, fields[n], columns[n].Type, rows, n, cancellationToken);
        }

        group.CompleteValidate();
    }

    private static DataField Field(ExposureColumn column) =>
        column.Type switch
        {
            ColumnType.Text => new DataField(column.Name, typeof(string), isNullable: true),
            ColumnType.Whole => new DataField(column.Name, typeof(int), isNullable: true),
            ColumnType.Long => new DataField(column.Name, typeof(long), isNullable: true),
            ColumnType.Number => new DataField(column.Name, typeof(double), isNullable: true),
            ColumnType.Truth => new DataField(column.Name, typeof(bool), isNullable: true),
            ColumnType.Time => new DateTimeDataField(
                column.Name,
                DateTimeFormat.Timestamp,
                isAdjustedToUTC: true,
                unit: DateTimeTimeUnit.Micros,
                isNullable: true
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, "No such type of column."),
        };

    private static Task WriteAsync(
        ParquetRowGroupWriter group,
        DataField field,
        ColumnType type,
        IReadOnlyList<object?[]> rows,
        int column,
        CancellationToken cancellationToken
    ) =>
        type switch
        {
            ColumnType.Text => group.WriteAsync(field, Texts(rows, column)),
            ColumnType.Whole => WriteAsync<int>(group, field, rows, column, cancellationToken),
            ColumnType.Long => WriteAsync<long>(group, field, rows, column, cancellationToken),
            ColumnType.Number => WriteAsync<double>(group, field, rows, column, cancellationToken),
            ColumnType.Truth => WriteAsync<bool>(group, field, rows, column, cancellationToken),
            _ => WriteAsync<DateTime>(group, field, rows, column, cancellationToken),
        };

    private static Task WriteAsync<T>(
        ParquetRowGroupWriter group,
        DataField field,
        IReadOnlyList<object?[]> rows,
        int column,
        CancellationToken cancellationToken
    )
        where T : struct
    {
        var values = new T?[rows.Count];
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = (T?)rows[n][column];
        }

        return group.WriteAsync<T>(field, (ReadOnlyMemory<T?>)values, cancellationToken: cancellationToken);
    }

    private static string[] Texts(IReadOnlyList<object?[]> rows, int column)
    {
        var values = new string[rows.Count];
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = (string)rows[n][column]!;
        }

        return values;
    }
}
