using System.Globalization;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Telemetry;

/// <summary>What <c>/metrics</c> printed.</summary>
internal sealed record MetricsPage(string Text)
{
    private const string Type = "# TYPE ";

    /// <summary>The names of all metrics, without those that describe the exporter itself.</summary>
    public IReadOnlyList<string> Names =>
        [
            .. Text.Split('\n')
                .Where(line => line.StartsWith(Type, StringComparison.Ordinal))
                .Select(line => line[Type.Length..].Split(' ')[0])
                .Where(name => name is not ("target_info" or "otel_scope_info")),
        ];

    public static async Task<MetricsPage> ReadAsync(TestHost host)
    {
        using var response = await host.Operator.GetAsync("/metrics");
        var answer = await Answer.ReadAsync(response);
        (answer.Status, answer.Type).ShouldBe((200, "text/plain"), answer.Text);
        return new MetricsPage(answer.Text);
    }

    /// <summary>The sum of a metric's values over the lines that have all of these labels.</summary>
    public double Sum(string name, params string[] labels) =>
        Lines(name)
            .Where(line => Array.TrueForAll(labels, line.Contains))
            .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 2)..].Split(' ')[0], CultureInfo.InvariantCulture));

    public IEnumerable<string> Lines(string name) => Text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal));
}
