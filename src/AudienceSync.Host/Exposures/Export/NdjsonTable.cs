using System.Text.Json;

namespace AudienceSync.Host.Exposures.Export;

/// <summary>Writes rows as JSON, one a line. Every column is in every line, null where it has no value: one schema for all files.</summary>
internal sealed class NdjsonTable(IReadOnlyList<ExposureColumn> columns, Stream output)
{
    /// <summary>Bytes that are buffered before they are written.</summary>
    private const int FlushBytes = 64 * 1024;

    private static readonly byte[] NewLine = [(byte)'\n'];

    private readonly MemoryStream _buffer = new();

    public async Task WriteAsync(object?[] row, CancellationToken cancellationToken)
    {
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            for (var n = 0; n < row.Length; n++)
            {
                json.WritePropertyName(columns[n].Name);
                Write(json, row[n]);
            }

            json.WriteEndObject();
        }

        _buffer.Write(NewLine);
        if (_buffer.Length >= FlushBytes)
        {
            await FlushAsync(cancellationToken);
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await output.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), cancellationToken);
        _buffer.SetLength(0);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int whole:
                json.WriteNumberValue(whole);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value.GetType().Name, "No column holds this type.");
        }
    }
}
