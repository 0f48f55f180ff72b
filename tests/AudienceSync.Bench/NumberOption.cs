using System.CommandLine;

namespace AudienceSync.Bench;

/// <summary>A whole number from 1 to a maximum.</summary>
internal static class NumberOption
{
    public static Option<int> Of(string name, string description, int defaultValue, int maximum)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int value) || value < 1 || value > maximum))
            {
                result.AddError($"{name} must be a number from 1 to {maximum}.");
            }
        });
        return option;
    }
}
