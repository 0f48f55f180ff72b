using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;
using AudienceSync.Host.Requests;
using CsvHelper;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// The records of a CSV file with a header, each written as the JSON of a webhook. An empty cell is an absent field; what a value means is
/// decided by the receiver, as for any webhook.
/// </summary>
internal sealed class CsvRecords : IRecords
{
    /// <summary>The code of a record that has more cells than the header: any of its values may be in the wrong column.</summary>
    public const string TooManyFields = "too_many_fields";

    private static readonly CsvReaderOptions Form = new()
    {
        TrimWhitespace = true,
        TrimInsideQuotes = true,
        TrackLineNumbers = true,
        SkipEmptyLines = true,
        IncludeValuesInExceptions = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MaxRecordSize = Limits.BodyBytes,
    };

    private readonly Stream _text;
    private readonly CsvReader _csv;
    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly Utf8JsonWriter _writer;
    private List<Filled> _fields = [];
    private int _width;

    private CsvRecords(Stream text, char delimiter)
    {
        _text = text;
        _csv = CsvReader.Create(text, Form with { Separator = delimiter }, leaveOpen: true);
        _writer = new Utf8JsonWriter(
            _json,
            new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }

    public long Line { get; private set; }

    public ReadOnlyMemory<byte> Event { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>Columns that fill no field, from 1. Their names are not shown: without a header they would be data.</summary>
    public IReadOnlyList<int> IgnoredColumns { get; private set; } = [];

    /// <summary>Reads the header.</summary>
    /// <param name="text">The file, decompressed; disposed with the records.</param>
    /// <param name="mapping">Which column fills which field.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ImportException">import_no_header, import_not_csv</exception>
    public static async Task<CsvRecords> OpenAsync(Stream text, CsvMapping mapping, CancellationToken cancellationToken)
    {
        var records = new CsvRecords(text, mapping.Delimiter);
        try
        {
            await records.ReadHeaderAsync(mapping, cancellationToken);
            return records;
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _csv.ReadAsync(cancellationToken))
            {
                return false;
            }
        }
        catch (CsvFormatException error)
        {
            throw NotCsv(error);
        }

        Line = _csv.LineNumber;
        Problem = ProblemOfRecord();
        Event = Problem is null ? Write() : default;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _csv.DisposeAsync();
        await _text.DisposeAsync();
    }

    private string? ProblemOfRecord()
    {
        for (var index = _width; index < _csv.FieldCount; index++)
        {
            if (!_csv.IsEmpty(index))
            {
                return TooManyFields;
            }
        }

        foreach (var field in _fields)
        {
            if (field.Constant is null && !Utf8.IsValid(_csv.GetSpan(field.Column)))
            {
                return IngestProblem.InvalidText.Code;
            }
        }

        return null;
    }

    private ReadOnlyMemory<byte> Write()
    {
        _json.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        var group = "";
        foreach (var field in _fields)
        {
            var value = field.Constant is { } constant ? constant : _csv.GetSpan(field.Column);
            if (value.IsEmpty)
            {
                continue;
            }

            if (field.Field.Group != group)
            {
                EndGroup(group);
                group = field.Field.Group;
                _writer.WriteStartObject(group);
            }

            _writer.WriteString(field.Field.Name, value);
        }

        EndGroup(group);
        _writer.WriteEndObject();
        _writer.Flush();
        return _json.WrittenMemory;
    }

    private void EndGroup(string group)
    {
        if (group.Length > 0)
        {
            _writer.WriteEndObject();
        }
    }

    private async Task ReadHeaderAsync(CsvMapping mapping, CancellationToken cancellationToken)
    {
        try
        {
            await _csv.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException error)
        {
            throw NotCsv(error);
        }

        var header = (_csv.Headers ?? []).Select(name => name.Trim()).ToList();
        _width = header.Count;
        var filled = mapping
            .Constants.Select(constant => new Filled(constant.Key, -1, System.Text.Encoding.UTF8.GetBytes(constant.Value)))
            .ToList();
        filled.AddRange(mapping.Columns.Select(column => new Filled(column.Key, ColumnOf(header, column.Value), null)));
        for (var index = 0; index < header.Count; index++)
        {
            if (
                CsvMapping.FieldOf(header[index].ToLowerInvariant()) is { } field
                && filled.TrueForAll(other => other.Field != field && other.Column != index)
            )
            {
                filled.Add(new Filled(field, index, null));
            }
        }

        if (!filled.Exists(field => field.Constant is null))
        {
            throw NoHeader(header, mapping.Delimiter);
        }

        _fields = [.. CsvMapping.Groups.SelectMany(group => filled.Where(field => field.Field.Group == group))];
        IgnoredColumns =
        [
            .. Enumerable.Range(0, _width).Where(index => filled.TrueForAll(field => field.Column != index)).Select(n => n + 1),
        ];
    }

    private static int ColumnOf(List<string> header, string name)
    {
        var column = header.IndexOf(name);
        return column >= 0 && header.LastIndexOf(name) == column
            ? column
            : throw new ImportException(
                "import_no_header",
                "A column that --map names is not in the first line, or twice. Check the names, and --delimiter."
            );
    }

    private static ImportException NoHeader(List<string> header, char delimiter)
    {
        var other = ListDelimiter.Suggest(
            string.Join(delimiter, header),
            name => CsvMapping.FieldOf(name.Trim().ToLowerInvariant()) is not null
        );
        return new ImportException(
            "import_no_header",
            other is null
                ? $"The first line must name columns. Name them as fields ({CsvMapping.Known}), or map them: --map email=Mail."
                : $"The first line names columns with another delimiter: --delimiter {other}."
        );
    }

    private static ImportException NotCsv(CsvFormatException error) =>
        new("import_not_csv", $"Line {error.LineNumber} is not CSV: a quote is missing or one too many.");

    /// <summary>A field with the column or the constant that fills it.</summary>
    private readonly record struct Filled(CsvField Field, int Column, byte[]? Constant);
}
