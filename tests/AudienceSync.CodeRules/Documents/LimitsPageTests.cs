using System.Reflection;
using System.Text.RegularExpressions;
using AudienceSync.CodeRules.Sources;
using AudienceSync.Domain;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/LIMITS.md and Limits.cs agree.</summary>
public sealed class LimitsPageTests
{
    private static readonly Dictionary<string, string> Constants = typeof(Limits)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(f => f.Name, f => Written(f.GetValue(null)!), StringComparer.Ordinal);

    [Fact]
    public void Every_constant_has_one_row_and_every_row_a_constant() =>
        Rows().Select(r => r.Constant).ShouldBe(Constants.Keys, ignoreOrder: true);

    [Fact]
    public void The_value_of_a_row_is_the_constants()
    {
        foreach (var (constant, value, _) in Rows())
        {
            value.Split(' ')[0].ShouldBe(Constants[constant], constant);
        }
    }

    [Fact]
    public void Every_row_states_the_status_and_the_code_of_one_past_it()
    {
        foreach (var (constant, _, answer) in Rows())
        {
            Regex
                .IsMatch(answer, "^[2-5][0-9]{2}[ ,].*`[a-z_]+`", RegexOptions.None, TimeSpan.FromSeconds(1))
                .ShouldBeTrue($"{constant}: {answer}");
        }
    }

    /// <summary>The rows in which a cell is a constant's name: | description | value | answer | `Limits.Name` |.</summary>
    private static IEnumerable<(string Constant, string Value, string Answer)> Rows() =>
        Repository
            .Read("docs/LIMITS.md")
            .Split('\n')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", _, _, _, ['`', 'L', 'i', 'm', 'i', 't', 's', '.', .., '`'], ""])
            .Select(cells => (cells[4]["`Limits.".Length..^1], cells[2], cells[3]));

    private static string Written(object value) =>
        value switch
        {
            int number => number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
            TimeSpan time => (time < TimeSpan.FromHours(1) ? time.TotalMinutes : time.TotalHours).ToString(
                "N0",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            _ => throw new NotSupportedException($"A limit of type {value.GetType().Name} has no way of being written on the page."),
        };
}
