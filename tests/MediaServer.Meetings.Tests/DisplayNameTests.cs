using CsCheck;
using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

public sealed class DisplayNameTests
{
    [Theory]
    [InlineData("Anna", "Anna")]
    [InlineData("  Анна Петрова-Водкина ", "Анна Петрова-Водкина")]
    [InlineData("Ёжик Ъ", "Ёжик Ъ")]
    [InlineData("李小龍", "李小龍")]
    [InlineData("محمد", "محمد")]
    [InlineData("Anna 👩‍🏫", "Anna 👩🏫")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("O'Hara \"\\", "O'Hara \"\\")]
    [InlineData("line\nbreak\ttab\0nul", "linebreaktabnul")]
    [InlineData("\u2028Anna\u2029", "Anna")]
    [InlineData("Teacher\u202Egnp.exe", "Teachergnp.exe")]
    [InlineData("\u2066Anna\u2069\u200E\u200F\u061C", "Anna")]
    [InlineData("\uFEFFAn\u200Bna\u00AD", "Anna")]
    [InlineData("\u00A0Anna\u3000", "Anna")]
    public void What_shows_is_what_is_kept(string input, string expected)
    {
        Assert.True(DisplayName.TryNormalise(input, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\r\n")]
    [InlineData("\u202E\u200B\u2066")]
    [InlineData("\u00A0\u2003\u3000")]
    [InlineData("\u3164")]
    [InlineData("\uFE0F\u0301")]
    [InlineData("\u2800\u115F\u1160\uFFA0")]
    public void A_name_that_nobody_can_see_is_refused(string? input) => Assert.False(DisplayName.TryNormalise(input, out _));

    [Fact]
    public void Eighty_characters_and_no_more()
    {
        Assert.True(DisplayName.TryNormalise(new string('Ж', 80), out _));
        Assert.False(DisplayName.TryNormalise(new string('Ж', 81), out _));
        Assert.True(DisplayName.TryNormalise($"  {new string('Ж', 80)}\u202E ", out var trimmed));
        Assert.Equal(80, trimmed.Length);
        Assert.False(DisplayName.TryNormalise(new string('\u200B', 100_000), out _));
    }

    [Fact]
    public void Emoji_count_as_they_do_in_an_input_field() // HTML maxlength counts UTF-16 code units.
    {
        Assert.True(DisplayName.TryNormalise(string.Concat(Enumerable.Repeat("🙂", 40)), out _));
        Assert.False(DisplayName.TryNormalise(string.Concat(Enumerable.Repeat("🙂", 41)), out _));
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_get_through()
    {
        Assert.True(DisplayName.TryNormalise("Anna\uD83D", out var name));
        Assert.DoesNotContain(name, char.IsSurrogate);
    }

    [Fact]
    public void Any_text_is_refused_or_becomes_clean_and_stays_the_same() => Gen.Char.Array[0, 120].Select(c => new string(c)).Sample(
        input =>
        {
            if (!DisplayName.TryNormalise(input, out var name))
            {
                return;
            }

            Assert.InRange(name.Length, 1, DisplayName.MaxLength);
            Assert.Equal(name.Trim(), name);
            Assert.DoesNotContain(name, char.IsControl);
            Assert.True(DisplayName.TryNormalise(name, out var again));
            Assert.Equal(name, again);
        },
        iter: 20_000);

    [Fact]
    public void A_join_uses_the_normalised_name()
    {
        var scenario = new Scenario();
        scenario.Join("anna", " \u202EAnna ");
        Assert.Equal("Anna", scenario.Of("anna").DisplayName);
        Assert.Equal("invalid_argument", scenario.JoinIsRefused("boris", "\u202E").Code);
        Assert.Equal("invalid_argument", scenario.JoinIsRefused("boris", null).Code);
    }
}
